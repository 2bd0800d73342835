/** What an API key may beyond its role: nothing but its scopes; and what is told of its use. */
import { beforeEach, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { callAs } from '../../testing/people.ts';

let api: ApiFixture;
const codeOf = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.code];
const make = async (body: object) => api.call('POST', '/v1/api-keys', { name: 'k', ...body });

beforeEach(async () => {
  api = await createApiFixture();
});

test('a key with scopes may what its role may and they name, and hands out no more', async () => {
  const scopes = ['variables.read', 'api-keys.manage'];
  const made = await make({ role: 'admin', scopes });
  expect(made.body).toMatchObject({ scopes, kind: 'personal', lastUsedAt: null });
  const call = callAs(api, String(made.body.key));
  expect((await call('GET', '/v1/variables')).status).toBe(200);
  expect(codeOf(await call('GET', '/v1/workflows'))).toEqual([403, 'FORBIDDEN']);
  expect(codeOf(await call('POST', '/v1/variables', { name: 'a', value: 1 }))).toEqual([403, 'FORBIDDEN']);
  expect(codeOf(await call('POST', '/v1/api-keys', { name: 'x', scopes: ['workflows.read'] }))).toEqual([403, 'FORBIDDEN']);
  expect(codeOf(await call('POST', '/v1/api-keys', { name: 'x', role: 'owner' }))).toEqual([403, 'FORBIDDEN']);
  const child = await call('POST', '/v1/api-keys', { name: 'x' });
  expect(child.body).toMatchObject({ scopes, role: 'admin' });
  expect((await callAs(api, String(child.body.key))('GET', '/v1/workflows')).status).toBe(403);
});

test('scopes are names of actions, and not none', async () => {
  for (const scopes of [[], ['nothing'], ['constructor'], ['__proto__'], ['workflows.*'], 'workflows.read', [1]]) {
    expect([scopes, (await make({ scopes })).status]).toEqual([scopes, 422]);
  }
});

test('a scope that the role may not use is refused', async () => {
  expect(codeOf(await make({ role: 'viewer', scopes: ['variables.write'] }))).toEqual([422, 'INVALID_PARAMS']);
  expect((await make({ role: 'viewer', scopes: ['variables.read'] })).status).toBe(201);
});

test('its last use is told to the hour, and written once an hour at most', async () => {
  const made = await make({});
  const call = callAs(api, String(made.body.key));
  const commits = () => api.store.stats().commits;
  const before = commits();
  for (let n = 0; n < 5; n += 1) await call('GET', '/v1/workflows');
  await settled();
  expect(commits() - before).toBe(1);
  const listed = await api.call('GET', '/v1/api-keys');
  expect(listed.body.items).toMatchObject([{ lastUsedAt: new Date(api.app.clock.now()).toISOString() }]);
});

test('a service account acts under the key’s own name, and is no person', async () => {
  const made = await make({ kind: 'service', role: 'admin' });
  const call = callAs(api, String(made.body.key));
  expect((await call('POST', '/v1/variables', { name: 'a', value: 1 })).status).toBe(201);
  expect(codeOf(await call('POST', '/v1/api-keys', { name: 'x' }))).toEqual([422, 'INVALID_PARAMS']);
  expect((await call('POST', '/v1/api-keys', { name: 'x', kind: 'service' })).status).toBe(201);
  expect(codeOf(await call('GET', '/v1/auth/sessions'))).toEqual([403, 'FORBIDDEN']);
  const log = await api.call('GET', `/v1/audit-log?by=${made.body.id}&action=variable.created`);
  expect(log.body.items).toMatchObject([{ by: { userId: made.body.id, keyId: made.body.id, via: 'api-key' } }]);
  expect((await api.call('DELETE', `/v1/api-keys/${made.body.id}`)).status).toBe(204);
  expect((await call('GET', '/v1/variables')).status).toBe(401);
});
