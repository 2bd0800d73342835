/** Sessions, passwords, links and who may register: what ends when, and what brings nothing back. */
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AccountSettings } from '../../app/auth/account-settings.ts';
import { defaultAccountSettings } from '../../app/auth/account-settings.ts';
import { setPassword } from '../../app/auth/set-password.ts';
import { defaultEngineSettings } from '../../app/engine/engine-settings.ts';
import { type ApiFixture, createApiFixture, ownerEmail, ownerPassword } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { callAs, invitedPerson, login, personPassword } from '../../testing/people.ts';

type Mail = { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly body: Record<string, string> };

let api: ApiFixture;
let mails: Mail[];
const anonymous = { authorization: null };
const codeOf = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.code];
const secretOf = (link: unknown): string => String(link).split('#')[1] ?? '';
const monthMs = 31 * 86_400_000;

async function open(accounts: Partial<AccountSettings> = {}): Promise<ApiFixture> {
  mails = [];
  return createApiFixture({
    settings: { ...defaultEngineSettings, accounts: { ...defaultAccountSettings, ...accounts } },
    http: {
      async send({ url, headers, body }) {
        mails.push({ url, headers, body: JSON.parse(String(body)) });
        return { status: 204, headers: {}, body: new Uint8Array(), url };
      },
    },
  });
}
const mailed = () => open({ mail: { url: 'https://mail.example/hook', secret: 'sixteen characters' } });

beforeEach(async () => {
  api = await open();
});

describe('sessions', () => {
  test('are listed for their own account, and end one by one or all at once', async () => {
    const [first, second, third] = [
      await login(api, ownerEmail, ownerPassword),
      await login(api, ownerEmail, ownerPassword),
      await login(api, ownerEmail, ownerPassword),
    ];
    const stranger = await invitedPerson(api, 'bob@example.test', 'viewer');
    const listed = await first.call('GET', '/v1/auth/sessions');
    const items = Array.isArray(listed.body.items) ? listed.body.items.map(Object) : [];
    expect(items.filter(({ isCurrent }) => isCurrent)).toMatchObject([{ id: decodeJwt(first.token).sid, address: '192.0.2.1' }]);
    const ofSecond = decodeJwt(second.token).sid;
    expect(codeOf(await stranger.call('DELETE', `/v1/auth/sessions/${ofSecond}`))).toEqual([404, 'NOT_FOUND']);
    expect((await first.call('DELETE', `/v1/auth/sessions/${ofSecond}`)).status).toBe(204);
    expect((await second.call('GET', '/v1/workflows')).status).toBe(401);
    expect((await first.call('POST', '/v1/auth/logout')).status).toBe(204);
    expect((await first.call('GET', '/v1/workflows')).status).toBe(401);
    expect((await third.call('GET', '/v1/workflows')).status).toBe(200);
    expect((await third.call('DELETE', '/v1/auth/sessions')).status).toBe(204);
    expect((await third.call('GET', '/v1/workflows')).status).toBe(401);
    expect((await api.call('GET', '/v1/workflows')).status).toBe(401);
    expect((await (await login(api, ownerEmail, ownerPassword)).call('GET', '/v1/workflows')).status).toBe(200);
    expect((await stranger.call('GET', '/v1/workflows')).status).toBe(200);
  });

  test('are signed by a key that changes: the old one verifies its tokens until they expire, the new one signs', async () => {
    const period = 30 * 86_400_000;
    const now = api.app.clock.now();
    await api.app.fakeClock.advance(Math.ceil(now / period) * period - now - 3_600_000);
    const before = await login(api, ownerEmail, ownerPassword);
    await api.app.fakeClock.advance(2 * 3_600_000);
    const after = await login(api, ownerEmail, ownerPassword);
    expect(decodeProtectedHeader(after.token).kid).not.toBe(decodeProtectedHeader(before.token).kid);
    expect((await before.call('GET', '/v1/workflows')).status).toBe(200);
    expect((await after.call('GET', '/v1/workflows')).status).toBe(200);
    await api.app.fakeClock.advance(11 * 3_600_000);
    expect((await before.call('GET', '/v1/workflows')).status).toBe(401);
    expect((await after.call('GET', '/v1/workflows')).status).toBe(200);
  });

  test('and links that have expired are removed by maintenance', async () => {
    await api.call('POST', '/v1/admin/password-reset-links', { email: ownerEmail });
    await api.call('POST', '/v1/invitations', { email: 'x@example.test', role: 'viewer' });
    await api.app.fakeClock.advance(monthMs);
    const { pruneLeftovers } = await import('../../app/admin/prune-leftovers.ts');
    await pruneLeftovers(api.app, false);
    const left = api.store.documents().filter(({ path }) => /sign-in-sessions|account-links|\/invitations\//.test(path));
    expect(left).toEqual([]);
  });
});

describe('a password', () => {
  test('is changed by the old one only, and ends every other session', async () => {
    const [one, other] = [await login(api, ownerEmail, ownerPassword), await login(api, ownerEmail, ownerPassword)];
    const change = (current: unknown, next: unknown) => one.call('POST', '/v1/auth/password', { current, next });
    expect(codeOf(await change('wrong', 'another password'))).toEqual([422, 'INVALID_PARAMS']);
    for (const current of [null, '', [], {}, [ownerPassword]])
      expect((await change(current, 'another password')).status).toBe(422);
    expect((await change(ownerPassword, 'short')).status).toBe(422);
    const changed = await change(ownerPassword, 'another password');
    expect(changed.status, changed.text).toBe(200);
    expect([(await one.call('GET', '/v1/workflows')).status, (await other.call('GET', '/v1/workflows')).status]).toEqual([
      401, 401,
    ]);
    expect((await callAs(api, String(changed.body.token))('GET', '/v1/workflows')).status).toBe(200);
    expect((await api.call('POST', '/v1/auth/login', { email: ownerEmail, password: ownerPassword }, anonymous)).status).toBe(
      401,
    );
    const activity = await callAs(api, String(changed.body.token))('GET', '/v1/auth/activity');
    expect(activity.body.items).toMatchObject([{ action: 'password.changed', from: { address: '192.0.2.1' } }]);
    expect(JSON.stringify(api.store.documents().filter(({ path }) => path.includes('audit-log')))).not.toContain(
      'another password',
    );
  });

  test('cannot be guessed by changing it', async () => {
    for (let n = 0; n < 10; n += 1)
      await api.call('POST', '/v1/auth/password', { current: `guess ${n}`, next: 'another password' });
    expect((await api.call('POST', '/v1/auth/password', { current: ownerPassword, next: 'another password' })).status).toBe(429);
  });

  test('that is lost comes back by a link: once, soon, and the answer says nothing of who has an account', async () => {
    api = await mailed();
    const ask = (email: string) => api.call('POST', '/v1/auth/password-reset', { email }, anonymous);
    const [known, unknown] = [await ask(ownerEmail), await ask('nobody@example.test')];
    expect([known.status, known.text]).toEqual([202, unknown.text]);
    expect(unknown.status).toBe(202);
    await settled();
    expect(mails).toMatchObject([{ url: 'https://mail.example/hook', body: { kind: 'password-reset', email: ownerEmail } }]);
    expect(mails[0]?.headers['webhook-signature']).toMatch(/^v1,/);
    const token = secretOf(mails[0]?.body.link);
    expect(JSON.stringify(api.store.documents())).not.toContain(token);
    expect(JSON.stringify(api.events)).not.toContain(token);
    const reset = (value: unknown, password = 'brand new password') =>
      api.call('POST', '/v1/auth/password-reset/confirm', { token: value, password }, anonymous);
    for (const value of [null, '', [], {}, 0, true, [token]]) expect((await reset(value)).status).toBe(422);
    for (const value of ['undefined', 'null', token.slice(0, -1), `${token}0`, token.toUpperCase()]) {
      expect([value, ...codeOf(await reset(value))]).toEqual([value, 422, 'LINK_INVALID']);
    }
    const twice = await Promise.all([reset(token, 'first new password'), reset(token, 'second new password')]);
    expect(twice.map(({ status }) => status).sort()).toEqual([204, 422]);
    expect(codeOf(await reset(token))).toEqual([422, 'LINK_INVALID']);
    expect((await api.call('GET', '/v1/workflows')).status).toBe(401);
    await login(api, ownerEmail, twice[0]?.status === 204 ? 'first new password' : 'second new password');
  });

  test('that was changed voids the links that were made before, and links end by themselves', async () => {
    const link = async () => secretOf((await api.call('POST', '/v1/admin/password-reset-links', { email: ownerEmail })).body.url);
    const confirm = (token: string) =>
      api.call('POST', '/v1/auth/password-reset/confirm', { token, password: 'brand new password' }, anonymous);
    const [old, newer] = [await link(), await link()];
    expect((await confirm(old)).status).toBe(204);
    expect(codeOf(await confirm(newer))).toEqual([422, 'LINK_INVALID']);
    const owner = await login(api, ownerEmail, 'brand new password');
    const late = secretOf((await owner.call('POST', '/v1/admin/password-reset-links', { email: ownerEmail })).body.url);
    await api.app.fakeClock.advance(30 * 60_000);
    expect(codeOf(await confirm(late))).toEqual([422, 'LINK_INVALID']);
  });

  test('link is for the installation’s owner to make, and for no admin', async () => {
    const admin = await invitedPerson(api, 'admin@example.test', 'admin');
    expect(codeOf(await admin.call('POST', '/v1/admin/password-reset-links', { email: ownerEmail }))).toEqual([403, 'FORBIDDEN']);
  });
});

test('the command on the machine sets a password, ends what was signed in, and says where there is no account', async () => {
  expect(await setPassword(api.app, api.identity, { email: ownerEmail.toUpperCase(), password: 'made by the command' })).toBe(
    true,
  );
  expect((await api.call('GET', '/v1/workflows')).status).toBe(401);
  expect((await (await login(api, ownerEmail, 'made by the command')).call('GET', '/v1/workflows')).status).toBe(200);
  expect(await setPassword(api.app, api.identity, { email: 'nobody@example.test', password: 'made by the command' })).toBe(false);
});

test('an address is verified by the link that went there', async () => {
  api = await mailed();
  expect((await api.call('POST', '/v1/auth/email-verification')).status).toBe(202);
  const token = secretOf(mails[0]?.body.link);
  const confirm = (value: string) => api.call('POST', '/v1/auth/email-verification/confirm', { token: value }, anonymous);
  // a link of one kind is none of another
  const other = { token, password: 'brand new password' };
  expect(codeOf(await api.call('POST', '/v1/auth/password-reset/confirm', other, anonymous))).toEqual([422, 'LINK_INVALID']);
  expect((await confirm(token)).status).toBe(204);
  expect(codeOf(await confirm(token))).toEqual([422, 'LINK_INVALID']);
  expect(await api.store.get(`users/${api.owner.principal.userId}`)).toMatchObject({
    data: { emailVerifiedAt: expect.any(String) },
  });
});

test('an invitation that goes by mail is in no answer', async () => {
  api = await mailed();
  const invited = await api.call('POST', '/v1/invitations', { email: 'bob@example.test', role: 'viewer' });
  expect(invited.body).toMatchObject({ token: null, link: null });
  expect(mails).toMatchObject([{ body: { kind: 'invitation', email: 'bob@example.test', organization: 'Default' } }]);
  const body = { email: 'bob@example.test', password: personPassword, invitation: secretOf(mails[0]?.body.link) };
  expect((await api.call('POST', '/v1/auth/register', body, anonymous)).status).toBe(201);
});

describe('registering', () => {
  const register = (email: string, invitation?: unknown) =>
    api.call(
      'POST',
      '/v1/auth/register',
      { email, password: personPassword, ...(invitation === undefined ? {} : { invitation }) },
      anonymous,
    );

  test('is for the invited, unless it is said to be for nobody or for everybody', async () => {
    expect(codeOf(await register('eve@example.test'))).toEqual([403, 'REGISTRATION_CLOSED']);
    api = await open({ registration: 'closed' });
    const invited = await api.call('POST', '/v1/invitations', { email: 'bob@example.test', role: 'viewer' });
    expect(codeOf(await register('bob@example.test', invited.body.token))).toEqual([403, 'REGISTRATION_CLOSED']);
    api = await open({ registration: 'open' });
    const eve = await register('eve@example.test');
    expect(eve.body).toMatchObject({ user: { role: 'owner' }, organization: { name: 'eve' } });
    const call = callAs(api, String(eve.body.token));
    expect((await call('GET', '/v1/admin/status')).status).toBe(403);
    expect((await call('GET', '/v1/workflows')).body).toMatchObject({ items: [] });
    expect(
      codeOf(await api.call('POST', '/v1/auth/register', { email: 'EVE@example.test', password: 'another password' }, anonymous)),
    ).toEqual([409, 'CONFLICT']);
  });

  test('takes nothing but what it asks for', async () => {
    api = await open({ registration: 'open' });
    for (const extra of [
      { role: 'owner' },
      { org: 'org_x' },
      { organizationId: 'org_x' },
      { id: 'usr_x' },
      { emailVerifiedAt: 'now' },
    ]) {
      const body = { email: 'eve@example.test', password: personPassword, ...extra };
      expect((await api.call('POST', '/v1/auth/register', body, anonymous)).status).toBe(422);
    }
  });
});
