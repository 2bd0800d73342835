import { isJsonObject } from '@automateos/shared/model/json';
import type { Identity } from '@automateos/shared/ports/identity';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { decodeJwt, SignJWT } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { createKeyRing } from '../../adapters/embedded/key-file-ring.ts';
import { createLocalIdentity } from '../../adapters/embedded/local-identity.ts';
import { createPasswordHasher } from '../../adapters/embedded/password-hash.ts';
import { createRandomIds } from '../../adapters/embedded/random-ids.ts';
import { periodOf } from '../../adapters/embedded/session-token.ts';
import { authenticate } from '../../app/auth/authenticate.ts';
import { ensureOwner } from '../../app/auth/ensure-owner.ts';
import { actions } from '../../app/auth/permissions.ts';
import { register } from '../../app/auth/register.ts';
import { type ApiFixture, createApiFixture, ownerEmail, ownerPassword } from '../../testing/api-fixture.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';

let api: ApiFixture;

beforeEach(async () => {
  api = await createApiFixture();
});

const anonymous = { authorization: null };
const login = (email: string, password: unknown, path = '/v1/auth/login') =>
  api.call('POST', path, { email, password }, anonymous);

describe('signing in', () => {
  test('gives a session that works until it expires', async () => {
    const answer = await login(ownerEmail.toUpperCase(), ownerPassword);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ user: { email: ownerEmail, role: 'owner' }, organization: { name: 'Default' } });
    const authorization = `Bearer ${answer.body.token}`;
    const me = await api.call('GET', '/v1/auth/me', undefined, { authorization });
    expect(me.body).toEqual({ user: answer.body.user, organization: answer.body.organization, actions: Object.keys(actions) });
    expect(answer.body.organizations).toEqual([{ ...Object(answer.body.organization), role: 'owner' }]);
    await api.app.fakeClock.advance(12 * 3_600_000 + 1_000);
    expect((await api.call('GET', '/v1/auth/me', undefined, { authorization })).status).toBe(401);
  });

  test('says the same of an unknown address and a wrong password, and nothing of a null one', async () => {
    const wrong = await login(ownerEmail, 'wrong password');
    const unknown = await login('nobody@example.test', 'wrong password');
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(unknown.body.detail).toBe(wrong.body.detail);
    for (const password of [null, '', [], {}, 0, true, [ownerPassword]]) {
      expect([password, (await login(ownerEmail, password)).status]).toEqual([password, 422]);
    }
  });

  test('is slowed down after ten wrong guesses, for that account and address, right password included', async () => {
    for (let n = 0; n < 10; n += 1) expect((await login(ownerEmail, `guess ${n}`)).status).toBe(401);
    const limited = await login(ownerEmail, ownerPassword);
    expect([limited.status, limited.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await login('other@example.test', 'x')).status).toBe(401);
    await api.app.fakeClock.advance(Number(limited.headers.get('retry-after')) * 1_000);
    expect((await login(ownerEmail, ownerPassword)).status).toBe(200);
  });

  test('gives no further guesses for other spellings of the address, nor for other hosts of one IPv6 network', async () => {
    const spellings = [ownerEmail, ` ${ownerEmail}`, `${ownerEmail}\n`, `\u00a0${ownerEmail}\ufeff`, ownerEmail.toUpperCase()];
    for (let n = 0; n < 10; n += 1) expect((await login(spellings[n % 5] ?? '', `guess ${n}`)).status).toBe(401);
    for (const spelling of spellings) expect([spelling, (await login(spelling, 'guess')).status]).toEqual([spelling, 429]);
    const guess = async (clientAddress: string) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
      const body = JSON.stringify({ email: ownerEmail, password: 'guess' });
      return (await api.api.fetch(new Request('http://127.0.0.1/v1/auth/login', { ...init, body }), { clientAddress })).status;
    };
    for (let n = 0; n < 10; n += 1) expect(await guess(`2001:db8:1:2::${n}`)).toBe(401);
    expect([await guess('2001:db8:1:2:ffff::1'), await guess('2001:db8:1:3::1')]).toEqual([429, 401]);
  });

  test('takes no offence at what an older release has counted', async () => {
    await login(ownerEmail, 'wrong');
    const rows = api.store.documents().filter(({ path }) => path.startsWith('sign-in-attempts/'));
    expect(rows.length).toBe(2);
    await api.store.commit(rows.map(({ path }) => ({ kind: 'set', path, data: { count: 3, since: 7 } })));
    expect((await login(ownerEmail, 'wrong')).status).toBe(401);
    expect((await login(ownerEmail, ownerPassword)).status).toBe(200);
  });

  test('counts guesses that run side by side', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => login(ownerEmail, `guess ${n}`)));
    expect(answers.filter(({ status }) => status === 401).length).toBe(10);
  });

  test('never limits those who know their password', async () => {
    for (let n = 0; n < 120; n += 1) expect((await login(ownerEmail, ownerPassword)).status).toBe(200);
  });
});

describe('registering', () => {
  test('is closed once there is an owner, whatever the address', async () => {
    for (const email of [ownerEmail, 'new@example.test']) {
      const answer = await login(email, 'long enough to pass', '/v1/auth/register');
      expect([answer.status, answer.body.code]).toEqual([403, 'REGISTRATION_CLOSED']);
    }
  });

  test('makes the owner of an installation that has none, once', async () => {
    const documents = api.store
      .documents()
      .filter(({ path }) => path === 'installation/current' || path.startsWith('local-accounts/'));
    await api.store.commit(documents.map(({ path }) => ({ kind: 'delete', path })));
    const answers = await Promise.all(
      ['a@example.test', 'b@example.test'].map((email) => login(email, 'long enough to pass', '/v1/auth/register')),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses[0]).toBe(201);
    expect([403, 409]).toContain(statuses[1]);
    const winner = answers.find(({ status }) => status === 201);
    const me = await api.call('GET', '/v1/auth/me', undefined, { authorization: `Bearer ${winner?.body.token}` });
    expect(me.body).toMatchObject({ user: { role: 'owner' } });
  });
});

test('the session that registering answers works, however long the identity service takes', async () => {
  const store = createFakeDocumentStore();
  const clock = createFakeClock();
  const app = { ...api.app, store, clock };
  const local = createLocalIdentity({
    store,
    clock,
    ids: app.ids,
    keyRing: createKeyRing([{ id: 'k', bytes: new Uint8Array(32) }]),
  });
  const slow: Identity = {
    ...local,
    async signIn(email, password) {
      const session = await local.signIn(email, password);
      await clock.advance(5_000);
      return session;
    },
  };
  const request = { email: 'a@example.test', password: 'long enough to pass', clientAddress: '192.0.2.1', requestId: 'req_1' };
  const { token } = await register(app, slow, request);
  const caller = { authorization: `Bearer ${token}`, organization: null, clientAddress: '192.0.2.1', requestId: 'req_1' };
  expect((await authenticate(app, slow, caller)).principal.role).toBe('owner');
});

describe('tokens', () => {
  const bytes = new Uint8Array(32).fill(7);

  async function forge(change: {
    header?: Record<string, unknown>;
    claims?: Record<string, unknown>;
    key?: Uint8Array;
    /** Whose key signs. */
    period?: string;
    now?: number;
  }): Promise<number> {
    const iat = Math.floor((change.now ?? api.app.clock.now()) / 1_000);
    const kid = periodOf(iat);
    const key = change.key ?? (await createKeyRing([{ id: 'test', bytes }]).derive(`session-token/${change.period ?? kid}`));
    const claims = {
      iss: 'automateos',
      aud: 'automateos-api',
      sub: api.owner.principal.userId,
      sid: decodeJwt(api.token).sid,
      iat,
      exp: iat + 43_200,
      ...change.claims,
    };
    const header = { alg: 'HS256', typ: 'JWT', kid, ...change.header };
    const token = await new SignJWT(JSON.parse(JSON.stringify(claims)))
      .setProtectedHeader(JSON.parse(JSON.stringify(header)))
      .sign(key);
    return (await api.call('GET', '/v1/workflows', undefined, { authorization: `Bearer ${token}` })).status;
  }

  test('with any other claim, header, key or time are refused, although signed', async () => {
    expect(await forge({})).toBe(200);
    const hour = 3_600_000;
    const now = api.app.clock.now();
    const refused = [
      { claims: { iss: 'somebody' } },
      { claims: { aud: 'another-api' } },
      { claims: { aud: ['automateos-api', 'x'] } },
      { claims: { aud: undefined } },
      { claims: { iss: undefined } },
      { claims: { exp: undefined } },
      { claims: { iat: undefined } },
      { claims: { sub: undefined } },
      { claims: { sub: 'usr_nobody' } },
      { claims: { sub: '../users/x' } },
      { claims: { nbf: Math.floor(now / 1_000) + 60 } },
      { claims: { role: 'owner' } },
      { claims: { exp: Math.floor(now / 1_000) + 10 * 365 * 86_400 } },
      { now: now - 13 * hour },
      { now: now + 2 * hour },
      { claims: { sid: undefined } },
      { claims: { sid: 'ses_nobody' } },
      { claims: { sid: '../x' } },
      { claims: { iat: Math.floor(now / 1_000) + 3_600, exp: Math.floor(now / 1_000) + 3_600 + 43_200 } },
      { header: { kid: undefined } },
      { header: { kid: 'p0' }, period: 'p0' },
      { header: { kid: 'p99999' }, period: 'p99999' },
      { header: { kid: '' }, period: '' },
      { header: { kid: 'https://evil.example/key' }, period: 'https://evil.example/key' },
      { header: { kid: '../../dev/null' }, period: '../../dev/null' },
      { header: { x5c: ['AAAA'] } },
      { header: { b64: true, crit: ['b64'] } },
      { header: { kid: "x' union select 1" } },
      { header: { jku: 'https://evil.example/keys' } },
      { header: { x5u: 'https://evil.example/cert' } },
      { header: { jwk: { kty: 'oct', k: 'AAAA' } } },
      { header: { typ: 'at+jwt' } },
      { header: { typ: undefined } },
      { key: new Uint8Array(32) },
      { key: bytes },
    ];
    for (const change of refused) expect([JSON.stringify(change), await forge(change)]).toEqual([JSON.stringify(change), 401]);
  });

  test('of a session that was ended, or a role that was lowered, count no more with the next request', async () => {
    const { org, userId } = api.owner.principal;
    const member = await api.store.get(`organizations/${org}/members/${userId}`);
    await api.store.commit([{ kind: 'set', path: member?.path ?? '', data: { ...member?.data, role: 'viewer' } }]);
    expect((await api.call('POST', '/v1/variables', { name: 'x', value: 1 })).status).toBe(403);
    const user = await api.store.get(`users/${userId}`);
    await api.store.commit([
      { kind: 'set', path: user?.path ?? '', data: { ...user?.data, sessionsValidFrom: '2027-01-01T00:00:00.000Z' } },
    ]);
    expect((await api.call('GET', '/v1/workflows')).status).toBe(401);
  });
});

describe('API keys', () => {
  test('are shown once, work at once, are listed without their text and die when deleted', async () => {
    const made = await api.call('POST', '/v1/api-keys', { name: 'ci', role: 'editor' });
    expect(made.status, made.text).toBe(201);
    const key = String(made.body.key);
    expect(key).toMatch(/^aos_[0-9a-z]{40,}$/);
    const authorization = `Bearer ${key}`;
    expect((await api.call('POST', '/v1/variables', { name: 'x', value: 1 }, { authorization })).status).toBe(201);
    expect((await api.call('GET', '/v1/api-keys', undefined, { authorization })).status).toBe(403);
    const listed = await api.call('GET', '/v1/api-keys');
    expect(listed.text).not.toContain(key);
    expect(JSON.stringify(api.store.documents())).not.toContain(key);
    expect((await api.call('DELETE', `/v1/api-keys/${made.body.id}`)).status).toBe(204);
    expect((await api.call('GET', '/v1/workflows', undefined, { authorization })).status).toBe(401);
  });

  test('expire, and are never worth more than their maker', async () => {
    const soon = new Date(api.app.clock.now() + 60_000).toISOString();
    const made = await api.call('POST', '/v1/api-keys', { name: 'short', role: 'admin', expiresAt: soon });
    const authorization = `Bearer ${made.body.key}`;
    const escalated = await api.call('POST', '/v1/api-keys', { name: 'more', role: 'owner' }, { authorization });
    expect(escalated.status).toBe(403);
    await api.app.fakeClock.advance(61_000);
    expect((await api.call('GET', '/v1/workflows', undefined, { authorization })).status).toBe(401);
    expect((await api.call('POST', '/v1/api-keys', { name: 'late', expiresAt: soon })).status).toBe(422);
  });

  test('sent twice with one Idempotency-Key are one key, and its text is kept sealed', async () => {
    const headers = { 'idempotency-key': 'make-a-key' };
    const first = await api.call('POST', '/v1/api-keys', { name: 'once' }, headers);
    const second = await api.call('POST', '/v1/api-keys', { name: 'once' }, headers);
    expect(second.text).toBe(first.text);
    expect(JSON.stringify(api.store.documents())).not.toContain(String(first.body.key));
    const listed = await api.call('GET', '/v1/api-keys');
    expect(Array.isArray(listed.body.items) && listed.body.items.filter(isJsonObject).length).toBe(1);
  });
});

test('the owner is made once, and a generated password is told once', async () => {
  const store = createFakeDocumentStore();
  const clock = createFakeClock();
  const ids = createRandomIds();
  const identity = createLocalIdentity({ store, clock, ids, keyRing: createKeyRing([{ id: 'k', bytes: new Uint8Array(32) }]) });
  const app = { ...api.app, store };
  const first = await ensureOwner(app, identity, {});
  expect(first.password).toMatch(/^[0-9a-z]{20}$/);
  expect(await identity.signIn(first.email, first.password ?? '')).not.toBeNull();
  const second = await ensureOwner(app, identity, { email: 'late@example.test', password: 'something else' });
  expect(second).toEqual({ email: first.email, principal: first.principal });
});

test('a password is verified by its hash alone, and nobody’s takes part in the same work', async () => {
  const hasher = createPasswordHasher();
  const stored = await hasher.hash('correct horse');
  expect(stored).toMatch(/^scrypt:15:8:1:[\w-]{22}:[\w-]{43}$/);
  expect(await hasher.verify('correct horse', stored)).toBe(true);
  expect(await hasher.verify('correct  horse', stored)).toBe(false);
  expect(await hasher.verify('correct horse', null)).toBe(false);
  expect(await hasher.verify('', 'plain:')).toBe(false);
  expect(await hasher.hash('correct horse')).not.toBe(stored);
});
