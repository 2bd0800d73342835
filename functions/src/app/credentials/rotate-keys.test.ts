import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { SecretBox } from '@automateos/shared/ports/secret-box';
import { beforeEach, expect, test } from 'vitest';
import { createAesSecretBox } from '../../adapters/embedded/aes-secret-box.ts';
import { createKeyRing } from '../../adapters/embedded/key-file-ring.ts';
import { createOrganizationDataKeys } from '../../adapters/embedded/organization-data-keys.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import type { App } from '../app-context.ts';
import { createPlanCache } from '../engine/plan-cache.ts';
import { receiveWebhook } from '../webhooks/receive-webhook.ts';
import { openCredential } from './open-credential.ts';
import { rotateOrganization, rotationGraceMs } from './rotate-keys.ts';

let api: ApiFixture;
let org: string;

beforeEach(async () => {
  api = await createApiFixture();
  org = api.owner.principal.org;
});

const tokenOf = async (name: string): Promise<JsonValue | undefined> => (await openCredential(api.app, org, name)).data.token;

async function keyIds(): Promise<readonly string[]> {
  const keys = (await api.store.get(paths.dataKeys(org)))?.data.keys;
  return Array.isArray(keys) ? keys.filter(isJsonObject).map(({ id }) => String(id)) : [];
}

function sealedUnder(id: string): readonly string[] {
  return api.store.documents().flatMap(({ path, data }) => (JSON.stringify(data).includes(`s2:${id}:`) ? [path] : []));
}

async function someSecrets(): Promise<string> {
  for (const name of ['a', 'b', 'c']) {
    const made = await api.call('POST', '/v1/credentials', { name, kind: 'http-bearer', data: { token: `token-of-${name}` } });
    expect(made.status, made.text).toBe(201);
  }
  const yaml =
    'name: hooked\nnodes:\n  - id: hook # kept\n    type: trigger.webhook\n    params: { auth: { kind: header, name: x-key, value: hook-secret } }\n';
  const made = await api.call('POST', '/v1/workflows?activate=true', yaml, { 'content-type': 'application/yaml' });
  expect(made.body, made.text).toMatchObject({ active: true });
  return String(made.body.id);
}

test('everything is sealed under the new key, opens as before, and the old key goes after its grace and no sooner', async () => {
  const workflow = await someSecrets();
  const [before = ''] = await keyIds();
  expect(sealedUnder(before).length).toBeGreaterThanOrEqual(4);
  const rotated = await api.call('POST', '/v1/admin/rotate-keys');
  expect(rotated.body, rotated.text).toMatchObject({ unreadable: 0, forgottenKeys: 0, olderKeys: 1 });
  expect(sealedUnder(before)).toEqual([]);
  expect(await keyIds()).toHaveLength(2);
  const early = await api.call('POST', '/v1/admin/rotate-keys', { renew: false });
  expect(early.body).toMatchObject({ resealed: 0, forgottenKeys: 0, olderKeys: 1 });
  await api.app.fakeClock.advance(rotationGraceMs + 1);
  const late = await api.call('POST', '/v1/admin/rotate-keys', { renew: false });
  expect(late.body).toMatchObject({ resealed: 0, forgottenKeys: 1, olderKeys: 0, forgetAfter: null });
  expect(await keyIds()).not.toContain(before);
  for (const name of ['a', 'b', 'c']) expect(await tokenOf(name)).toBe(`token-of-${name}`);
  expect(await hookStatus(workflow, 'hook-secret')).toBe(202);
  expect(await hookStatus(workflow, 'other')).toBe(401);
  const shown = await api.call('GET', `/v1/workflows/${workflow}`, undefined, { accept: 'application/yaml' });
  expect(shown.text).toContain('# kept');
});

test('another process, which has the plan and has never opened its secret, goes on to check webhooks', async () => {
  const workflow = await someSecrets();
  const { store, nodeTypes, clock } = api.app;
  const keyRing = createKeyRing([{ id: 'test', bytes: new Uint8Array(32).fill(7) }]);
  const dataKeys = createOrganizationDataKeys({ store, keyRing, now: clock.now });
  const plans = createPlanCache({ store, nodeTypes });
  const other: App = { ...api.app, plans, dataKeys, secrets: createAesSecretBox(keyRing, dataKeys) };
  await plans.load(org, workflow, 1);
  await api.call('POST', '/v1/admin/rotate-keys');
  await api.app.fakeClock.advance(rotationGraceMs + 1);
  expect((await api.call('POST', '/v1/admin/rotate-keys', { renew: false })).body).toMatchObject({ forgottenKeys: 1 });
  expect(await hookStatus(workflow, 'hook-secret', other)).toBe(202);
  expect(await hookStatus(workflow, 'other', other)).toBe(401);
});

test('a webhook that could not be checked, as the key service did not answer, is checked again a little later', async () => {
  const workflow = await someSecrets();
  const secrets: SecretBox = { ...api.app.secrets, open: () => Promise.reject(new Error('no answer')) };
  const { plans } = api.app;
  expect(await hookStatus(workflow, 'hook-secret', { ...api.app, plans, secrets })).toBe(401);
  await api.app.fakeClock.advance(10_000);
  expect(await hookStatus(workflow, 'hook-secret')).toBe(202);
});

test('a rotation that is cut off is finished by the next, and a secret written meanwhile is not lost', async () => {
  await someSecrets();
  const { store, secrets, dataKeys, clock } = api.app;
  if (dataKeys === undefined) throw new Error('the fixture seals');
  let commits = 0;
  const cut: typeof store = {
    ...store,
    get: store.get,
    async commit(writes) {
      commits += 1;
      if (commits > 2) throw new Error('the power is gone');
      return store.commit(writes);
    },
  };
  const options = { renew: true, graceMs: 0 };
  await expect(rotateOrganization({ store: cut, secrets, dataKeys, clock }, org, options)).rejects.toThrow('the power is gone');
  const made = await api.call('POST', '/v1/credentials', { name: 'd', kind: 'http-bearer', data: { token: 'token-of-d' } });
  expect(made.status).toBe(201);
  const [before = ''] = await keyIds();
  expect(sealedUnder(before).length).toBeGreaterThan(0);
  const done = await rotateOrganization({ store, secrets, dataKeys, clock }, org, { renew: false, graceMs: 0 });
  expect(done).toMatchObject({ unreadable: 0, forgottenKeys: 1, olderKeys: 0 });
  expect(sealedUnder(before)).toEqual([]);
  for (const name of ['a', 'b', 'c', 'd']) expect(await tokenOf(name)).toBe(`token-of-${name}`);
});

test('a change that comes in between keeps what it wrote', async () => {
  await someSecrets();
  const { store, secrets, dataKeys, clock } = api.app;
  if (dataKeys === undefined) throw new Error('the fixture seals');
  const first = (await store.query({ collection: paths.credentials(org), where: [['name', '==', 'a']], limit: 1 }))[0];
  let raced = false;
  const racing: typeof store = {
    ...store,
    async commit(writes) {
      if (!raced && writes.some(({ path }) => path === first?.path)) {
        raced = true;
        const put = await api.call('PUT', `/v1/credentials/${first?.data.id}`, { data: { token: 'newer-token' } });
        expect(put.status).toBe(200);
      }
      return store.commit(writes);
    },
  };
  await rotateOrganization({ store: racing, secrets, dataKeys, clock }, org, { renew: true, graceMs: 0 });
  expect(raced).toBe(true);
  expect(await tokenOf('a')).toBe('newer-token');
});

test('what an earlier release sealed is read, and sealed anew by a rotation', async () => {
  await someSecrets();
  const { store } = api;
  const row = (await store.query({ collection: paths.credentials(org), where: [['name', '==', 'a']], limit: 1 }))[0];
  const old = await createApiFixtureBox(api, row?.path ?? '');
  const { revision: _, ...data } = row?.data ?? {};
  await store.commit([{ kind: 'set', path: row?.path ?? '', data: { ...data, sealed: old } }]);
  expect(await tokenOf('a')).toBe('token-of-old');
  await api.call('POST', '/v1/admin/rotate-keys');
  expect(await tokenOf('a')).toBe('token-of-old');
  expect(String((await store.get(row?.path ?? ''))?.data.sealed)).toMatch(/^s2:/);
});

test('a ciphertext in the place of another credential, of an earlier revision or of another organization does not open', async () => {
  await someSecrets();
  const rows = await api.store.query({ collection: paths.credentials(org) });
  const [a, b] = rows;
  const swap = async (sealed: JsonValue | undefined) =>
    api.store.commit([{ kind: 'set', path: a?.path ?? '', data: { ...a?.data, sealed: sealed ?? '' } }]);
  await swap(b?.data.sealed);
  await expect(openCredential(api.app, org, String(a?.data.id))).rejects.toThrow();
  await swap(a?.data.sealed);
  await api.call('PUT', `/v1/credentials/${a?.data.id}`, { data: { token: 'second-token' } });
  await swap(a?.data.sealed);
  expect((await openCredential(api.app, org, String(a?.data.id))).data.token).toMatch(/^token-of-/); // revision 1 with its own text
  await api.store.commit([{ kind: 'set', path: a?.path ?? '', data: { ...a?.data, revision: 2 } }]);
  await expect(openCredential(api.app, org, String(a?.data.id))).rejects.toThrow();
});

test('only administrators rotate', async () => {
  const key = await api.call('POST', '/v1/api-keys', { name: 'e', role: 'editor' });
  const answer = await api.call('POST', '/v1/admin/rotate-keys', {}, { authorization: `Bearer ${key.body.key}` });
  expect(answer.status).toBe(403);
});

async function createApiFixtureBox(fixture: ApiFixture, path: string): Promise<string> {
  const { createAesSecretBox } = await import('../../adapters/embedded/aes-secret-box.ts');
  const { createKeyRing } = await import('../../adapters/embedded/key-file-ring.ts');
  const ring = createKeyRing([{ id: 'test', bytes: new Uint8Array(32).fill(7) }]);
  expect(fixture.app.dataKeys).toBeDefined();
  return createAesSecretBox(ring).seal(JSON.stringify({ token: 'token-of-old' }), path);
}

function hookStatus(workflowId: string, key: string, app: App = api.app): Promise<number> {
  const headers = { 'content-type': 'application/json', 'x-key': key };
  const request = { workflowId, path: '', method: 'POST', query: '', headers, body: Buffer.from('{}'), test: false };
  return receiveWebhook(app, request).then(
    ({ status }) => status,
    (error: { readonly code?: string }) => (error.code === 'WEBHOOK_UNAUTHORIZED' ? 401 : 500),
  );
}
