/** Organizations, their members and invitations, by the door that clients use. */
import { beforeEach, describe, expect, test } from 'vitest';
import { pruneExecutions } from '../../app/admin/prune-executions.ts';
import { type ApiFixture, createApiFixture, ownerEmail } from '../../testing/api-fixture.ts';
import { callAs, invitedPerson, login, type PersonAt, personPassword } from '../../testing/people.ts';

let api: ApiFixture;
let org: string;
const dayMs = 86_400_000;

beforeEach(async () => {
  api = await createApiFixture();
  org = api.owner.principal.org;
});

const codeOf = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.code];

describe('which organization a request works in', () => {
  let ann: PersonAt;
  let own: string;

  beforeEach(async () => {
    ann = await invitedPerson(api, 'ann@example.test', 'viewer');
    own = String((await ann.call('POST', '/v1/organizations', { name: 'Ann & Co' })).body.id);
  });

  test('is said by members of several, and never guessed', async () => {
    expect(codeOf(await ann.call('GET', '/v1/workflows'))).toEqual([400, 'ORGANIZATION_REQUIRED']);
    expect((await ann.call('GET', '/v1/workflows', undefined, own)).status).toBe(200);
    expect((await ann.call('GET', '/v1/auth/me', undefined, own)).body).toMatchObject({
      user: { role: 'owner' },
      organization: { id: own },
    });
    expect((await ann.call('GET', '/v1/auth/me', undefined, org)).body).toMatchObject({ user: { role: 'viewer' } });
    const may = async (id: string) => (await ann.call('GET', '/v1/auth/me', undefined, id)).body.actions;
    expect(await may(own)).toEqual(expect.arrayContaining(['members.manage', 'organizations.delete']));
    expect(await may(own)).not.toContain('installation.own');
    expect(await may(org)).not.toContain('members.manage');
    expect(codeOf(await ann.call('POST', '/v1/variables', { name: 'a', value: 1 }, org))).toEqual([403, 'FORBIDDEN']);
    expect((await ann.call('POST', '/v1/variables', { name: 'a', value: 1 }, own)).status).toBe(201);
    expect((await api.call('GET', '/v1/variables')).body).toMatchObject({ items: [] });
    const listed = await ann.call('GET', '/v1/organizations');
    expect(listed.body.items).toMatchObject([
      { id: org, role: 'viewer' },
      { id: own, name: 'Ann & Co', role: 'owner' },
    ]);
    const again = await login(api, 'ann@example.test');
    expect((await again.call('GET', '/v1/workflows', undefined, own)).status).toBe(200);
  });

  test('must be one id, sent once, of an organization of theirs', async () => {
    for (const selected of ['', ' ', `${own}, ${own}`, `${own},${org}`, '../x', 'organizations/x', 'ü'.repeat(3)]) {
      const headers = { authorization: `Bearer ${ann.token}`, 'x-organization-id': encodeURIComponent(selected) };
      if (selected !== 'ü'.repeat(3)) headers['x-organization-id'] = selected;
      expect([selected, ...codeOf(await api.call('GET', '/v1/workflows', undefined, headers))]).toEqual([
        selected,
        400,
        'MALFORMED_REQUEST',
      ]);
    }
    expect(codeOf(await api.call('GET', '/v1/workflows', undefined, { 'x-organization-id': own }))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await ann.call('GET', '/v1/workflows', undefined, 'org_nobody'))).toEqual([404, 'NOT_FOUND']);
  });

  test('is the key’s own, whatever the header says', async () => {
    const { key } = (await ann.call('POST', '/v1/api-keys', { name: 'k' }, own)).body;
    const byKey = callAs(api, String(key));
    expect((await byKey('GET', '/v1/workflows')).status).toBe(200);
    expect((await byKey('GET', '/v1/workflows', undefined, own)).status).toBe(200);
    expect((await byKey('GET', '/v1/workflows', undefined, org)).status).toBe(404);
    expect(codeOf(await byKey('GET', '/v1/organizations'))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await byKey('POST', '/v1/auth/logout'))).toEqual([403, 'FORBIDDEN']);
  });

  test('holds what another one has out of reach: ids, members, invitations, quotas, the installation itself', async () => {
    const invited = await api.call('POST', '/v1/invitations', { email: 'x@example.test', role: 'viewer' });
    const key = await api.call('POST', '/v1/api-keys', { name: 'k' });
    const foreign = [
      ['GET', `/v1/organizations/${org}`],
      ['PATCH', `/v1/organizations/${org}`, { name: 'mine' }],
      ['DELETE', `/v1/organizations/${org}`],
      ['PATCH', `/v1/members/${api.owner.principal.userId}`, { role: 'viewer' }],
      ['DELETE', `/v1/members/${api.owner.principal.userId}`],
      ['DELETE', `/v1/invitations/${invited.body.id}`],
      ['DELETE', `/v1/api-keys/${key.body.id}`],
      ['POST', '/v1/organizations/org_nobody/leave'],
      ['DELETE', '/v1/auth/sessions/ses_nobody'],
    ] as const;
    for (const [method, path, body] of foreign) {
      expect([method, path, ...codeOf(await ann.call(method, path, body, own))]).toEqual([method, path, 404, 'NOT_FOUND']);
    }
    const members = await ann.call('GET', '/v1/members', undefined, own);
    expect(members.body.items).toMatchObject([{ userId: ann.userId }]);
    const installation = [
      ['GET', '/v1/admin/status'],
      ['GET', '/v1/admin/storage'],
      ['POST', '/v1/admin/prune', {}],
      ['POST', '/v1/admin/backup', {}],
      ['GET', '/v1/dead-letters?place=installation'],
      ['POST', '/v1/admin/password-reset-links', { email: ownerEmail }],
      ['PATCH', `/v1/admin/organizations/${own}/quotas`, { workflows: null }],
    ] as const;
    for (const [method, path, body] of installation) {
      expect([method, path, ...codeOf(await ann.call(method, path, body, own))]).toEqual([method, path, 403, 'FORBIDDEN']);
    }
  });

  test('may change under a session: a member who was removed is a stranger with the next request', async () => {
    expect((await ann.call('GET', '/v1/workflows', undefined, org)).status).toBe(200);
    expect((await api.call('DELETE', `/v1/members/${ann.userId}`)).status).toBe(204);
    expect((await ann.call('GET', '/v1/workflows', undefined, org)).status).toBe(404);
    // one is left, so nothing has to be said
    expect((await ann.call('GET', '/v1/workflows')).status).toBe(200);
    expect((await ann.call('POST', `/v1/organizations/${own}/leave`)).status).toBe(409);
  });
});

test('accounts of earlier releases, whose membership has no mirror, work as before, and beside a new one', async () => {
  const { userId } = api.owner.principal;
  await api.store.commit([{ kind: 'delete', path: `users/${userId}/memberships/${org}` }]);
  expect((await api.call('GET', '/v1/workflows')).status).toBe(200);
  expect((await api.call('POST', '/v1/organizations', { name: 'second' })).status).toBe(201);
  expect(codeOf(await api.call('GET', '/v1/workflows'))).toEqual([400, 'ORGANIZATION_REQUIRED']);
  expect((await login(api, ownerEmail, 'correct horse battery')).userId).toBe(userId);
});

describe('members', () => {
  test('are given, and lose, at most what their manager has', async () => {
    const admin = await invitedPerson(api, 'admin@example.test', 'admin');
    const editor = await invitedPerson(api, 'editor@example.test', 'editor');
    const { userId } = api.owner.principal;
    expect(codeOf(await admin.call('PATCH', `/v1/members/${editor.userId}`, { role: 'owner' }))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await admin.call('PATCH', `/v1/members/${admin.userId}`, { role: 'owner' }))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await admin.call('PATCH', `/v1/members/${userId}`, { role: 'viewer' }))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await admin.call('DELETE', `/v1/members/${userId}`))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await editor.call('PATCH', `/v1/members/${editor.userId}`, { role: 'editor' }))).toEqual([403, 'FORBIDDEN']);
    expect((await admin.call('PATCH', `/v1/members/${editor.userId}`, { role: 'viewer' })).body).toMatchObject({
      role: 'viewer',
    });
    // with the next request, and without a new token
    expect((await editor.call('POST', '/v1/variables', { name: 'x', value: 1 })).status).toBe(403);
  });

  test('always have an owner among them, also when two go at the same moment', async () => {
    const { userId } = api.owner.principal;
    const other = await invitedPerson(api, 'other@example.test', 'owner');
    const answers = await Promise.all([
      api.call('DELETE', `/v1/members/${userId}`),
      other.call('POST', `/v1/organizations/${org}/leave`),
      api.call('PATCH', `/v1/members/${other.userId}`, { role: 'viewer' }),
      other.call('PATCH', `/v1/members/${userId}`, { role: 'viewer' }),
    ]);
    const owners = api.store
      .documents()
      .filter(({ path, data }) => path.startsWith(`organizations/${org}/members/`) && data.role === 'owner');
    expect(owners.length, JSON.stringify(answers.map(codeOf))).toBe(1);
  });

  test('leave nothing behind: their personal keys are void, and stay so when they come back; service accounts go on', async () => {
    const admin = await invitedPerson(api, 'admin@example.test', 'admin');
    const personal = callAs(api, String((await admin.call('POST', '/v1/api-keys', { name: 'p' })).body.key));
    const service = callAs(
      api,
      String((await admin.call('POST', '/v1/api-keys', { name: 's', kind: 'service', role: 'editor' })).body.key),
    );
    expect([(await personal('GET', '/v1/workflows')).status, (await service('GET', '/v1/workflows')).status]).toEqual([200, 200]);
    await api.app.fakeClock.advance(1_000);
    expect((await admin.call('POST', `/v1/organizations/${org}/leave`)).status).toBe(204);
    expect([(await personal('GET', '/v1/workflows')).status, (await service('GET', '/v1/workflows')).status]).toEqual([401, 200]);
    const again = await api.call('POST', '/v1/invitations', { email: 'admin@example.test', role: 'admin' });
    expect((await admin.call('POST', '/v1/invitations/accept', { token: again.body.token })).status).toBe(200);
    expect((await personal('GET', '/v1/workflows')).status).toBe(401);
    expect((await service('POST', '/v1/api-keys', { name: 'x' })).status).toBe(403);
  });
});

describe('invitations', () => {
  const invite = async (email: string, role = 'viewer') => api.call('POST', '/v1/invitations', { email, role });

  test('are at most of the role that invites, for one address, used once, and never stored as they are', async () => {
    const admin = await invitedPerson(api, 'admin@example.test', 'admin');
    expect(codeOf(await admin.call('POST', '/v1/invitations', { email: 'x@example.test', role: 'owner' }))).toEqual([
      403,
      'FORBIDDEN',
    ]);
    const { token } = (await invite('Bob@Example.test')).body;
    const secret = String(token).split('.')[2] ?? 'none';
    expect(JSON.stringify(api.store.documents())).not.toContain(secret);
    expect((await api.call('GET', '/v1/invitations')).text).not.toContain(secret);
    expect(codeOf(await admin.call('POST', '/v1/invitations/accept', { token }))).toEqual([422, 'INVALID_PARAMS']);
    const register = (email: string) =>
      api.call('POST', '/v1/auth/register', { email, password: personPassword, invitation: token }, { authorization: null });
    expect(codeOf(await register('eve@example.test'))).toEqual([422, 'INVALID_PARAMS']);
    const both = await Promise.all([register('bob@example.test'), register('bob@example.test')]);
    expect(both.map(({ status }) => status).sort()[0]).toBe(201);
    const members = await api.call('GET', '/v1/members');
    expect(JSON.stringify(members.body.items).match(/bob@example/gi)?.length).toBe(1);
    expect(codeOf(await register('bob@example.test'))).toEqual([422, 'LINK_INVALID']);
  });

  test('that are accepted several times at the same moment make one member, once', async () => {
    const bob = await invitedPerson(api, 'bob@example.test', 'viewer');
    const bakery = String((await api.call('POST', '/v1/organizations', { name: 'Bakery' })).body.id);
    const there = { 'x-organization-id': bakery };
    const tokens = await Promise.all(
      ['viewer', 'admin'].map(async (role) =>
        String((await api.call('POST', '/v1/invitations', { email: 'bob@example.test', role }, there)).body.token),
      ),
    );
    const tries = [...tokens, ...tokens, ...tokens];
    const answers = await Promise.all(tries.map((token) => bob.call('POST', '/v1/invitations/accept', { token })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect([200, 409, 422]).toContain(status);
    const members = (await api.call('GET', '/v1/members', undefined, there)).body.items;
    expect(Array.isArray(members) && members.filter((one) => Object(one).userId === bob.userId)).toHaveLength(1);
    const joined = (await api.call('GET', '/v1/audit-log?action=member.joined', undefined, there)).body.items;
    expect(joined).toHaveLength(1);
  });

  test('say to whoever holds them what they are for, as often as asked, and to nobody else', async () => {
    const admin = await invitedPerson(api, 'admin@example.test', 'admin');
    const { token } = (await admin.call('POST', '/v1/invitations', { email: 'Bob@example.test', role: 'editor' })).body;
    const preview = (text: unknown) => api.call('POST', '/v1/invitations/preview', { token: text }, { authorization: null });
    const told = { organization: { name: 'Default' }, email: 'bob@example.test', role: 'editor', expiresAt: expect.any(String) };
    for (let n = 0; n < 12; n += 1) expect((await preview(token)).body).toEqual(told);
    expect(codeOf(await preview(`${String(token).slice(0, -1)}!`))).toEqual([422, 'LINK_INVALID']);
    await api.call('PATCH', `/v1/members/${admin.userId}`, { role: 'viewer' });
    expect(codeOf(await preview(token))).toEqual([422, 'LINK_INVALID']);
  });

  test('that are void are told apart for nobody', async () => {
    const bob = await invitedPerson(api, 'bob@example.test', 'viewer');
    await bob.call('POST', `/v1/organizations/${org}/leave`);
    const accept = (token: unknown) => bob.call('POST', '/v1/invitations/accept', { token });
    const revoked = await invite('bob@example.test');
    await api.call('DELETE', `/v1/invitations/${revoked.body.id}`);
    const expired = await invite('bob@example.test');
    const text = String(expired.body.token);
    for (const token of [
      revoked.body.token,
      `${text}0`,
      text.slice(0, -1),
      text.toUpperCase(),
      'x',
      '../x',
      `${org}.inv_0.${'0'.repeat(48)}`,
    ]) {
      expect([token, ...codeOf(await accept(token))]).toEqual([token, 422, 'LINK_INVALID']);
    }
    for (const token of [null, '', [], {}, 0, [text]]) expect((await accept(token)).status).toBe(422);
    await api.app.fakeClock.advance(7 * dayMs);
    const later = await login(api, 'bob@example.test');
    expect(codeOf(await later.call('POST', '/v1/invitations/accept', { token: text }))).toEqual([422, 'LINK_INVALID']);
  });

  test('are worth no more than whoever made them is when they are used', async () => {
    const admin = await invitedPerson(api, 'admin@example.test', 'admin');
    const bob = await invitedPerson(api, 'bob@example.test', 'viewer');
    await bob.call('POST', `/v1/organizations/${org}/leave`);
    const { token } = (await admin.call('POST', '/v1/invitations', { email: 'bob@example.test', role: 'admin' })).body;
    await api.call('PATCH', `/v1/members/${admin.userId}`, { role: 'editor' });
    expect(codeOf(await bob.call('POST', '/v1/invitations/accept', { token }))).toEqual([422, 'LINK_INVALID']);
  });
});

describe('deleting an organization', () => {
  test('waits until it holds nothing that works, ends it for everybody at once, and leaves nothing', async () => {
    const ann = await invitedPerson(api, 'ann@example.test', 'viewer');
    const own = String((await ann.call('POST', '/v1/organizations', { name: 'Own' })).body.id);
    const id = String(
      (await ann.call('POST', '/v1/workflows', { name: 'w', nodes: [{ id: 'go', type: 'trigger.manual' }] }, own)).body.id,
    );
    await ann.call('POST', `/v1/workflows/${id}/executions`, { input: {} }, own);
    const service = await ann.call('POST', '/v1/api-keys', { name: 's', kind: 'service' }, own);
    expect(codeOf(await ann.call('DELETE', `/v1/organizations/${own}`, undefined, own))).toEqual([409, 'CONFLICT']);
    await ann.call('DELETE', `/v1/workflows/${id}`, undefined, own);
    expect((await ann.call('DELETE', `/v1/organizations/${own}`, undefined, own)).status).toBe(204);
    expect((await ann.call('GET', '/v1/workflows', undefined, own)).status).toBe(404);
    expect((await callAs(api, String(service.body.key))('GET', '/v1/workflows')).status).toBe(401);
    await api.app.fakeClock.advance(dayMs);
    for (const _ of ['versions first', 'then the rest']) await pruneExecutions(api.app, { limit: 100 });
    expect(api.store.documents().filter(({ path, data }) => path.includes(own) || data.org === own)).toEqual([]);
  });

  test('is for its owners, and never for the one that runs the installation', async () => {
    const admin = await invitedPerson(api, 'admin@example.test', 'admin');
    expect((await admin.call('DELETE', `/v1/organizations/${org}`)).status).toBe(403);
    expect(codeOf(await api.call('DELETE', `/v1/organizations/${org}`))).toEqual([409, 'CONFLICT']);
  });
});

test('every change has its entry, with who, from where and what was before and after; it is found by filter and changed by nobody', async () => {
  const bob = await invitedPerson(api, 'bob@example.test', 'viewer');
  await api.call('PATCH', `/v1/members/${bob.userId}`, { role: 'editor' }, { 'x-request-id': 'request-of-mine' });
  const found = await api.call('GET', `/v1/audit-log?action=member.&target=${bob.userId}&by=${api.owner.principal.userId}`);
  expect(found.body.items).toMatchObject([
    {
      action: 'member.role-changed',
      by: { userId: api.owner.principal.userId, via: 'session' },
      from: { address: '192.0.2.1', requestId: 'request-of-mine' },
      details: { from: 'viewer', to: 'editor' },
      change: { before: expect.stringMatching(/^[0-9a-f]{64}$/), after: expect.stringMatching(/^[0-9a-f]{64}$/) },
    },
  ]);
  expect((await api.call('GET', '/v1/audit-log?to=2020-01-01T00:00:00Z')).body.items).toEqual([]);
  const actions = JSON.stringify((await api.call('GET', '/v1/audit-log')).body.items);
  for (const action of ['invitation.created', 'member.joined', 'member.role-changed']) expect(actions).toContain(action);
  for (const method of ['PUT', 'PATCH', 'DELETE', 'POST']) expect((await api.call(method, '/v1/audit-log', {})).status).toBe(405);
});
