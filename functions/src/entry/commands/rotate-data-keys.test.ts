import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paths } from '@automateos/shared/model/paths';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAesSecretBox } from '../../adapters/embedded/aes-secret-box.ts';
import { openKeyFileRing } from '../../adapters/embedded/key-file-ring.ts';
import { createOrganizationDataKeys } from '../../adapters/embedded/organization-data-keys.ts';
import { sealContext } from '../../app/credentials/credential.ts';
import { openCredential } from '../../app/credentials/open-credential.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { rotateDataKeys } from './rotate-data-keys.ts';
import type { OpenedData } from './use-data-folder.ts';

let folder: string;
let api: ApiFixture;
let data: OpenedData;

/** As a server that starts on the folder now would see it. */
async function started(): Promise<ApiFixture['app']> {
  const keyRing = await openKeyFileRing({ path: data.keyFile, now: 0 });
  const dataKeys = createOrganizationDataKeys({ store: data.store, keyRing, now: data.clock.now });
  return { ...api.app, dataKeys, secrets: createAesSecretBox(keyRing, dataKeys) };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'automateos-rotate-'));
  api = await createApiFixture();
  data = { store: api.store, keyFile: join(folder, 'key.json'), clock: api.app.clock };
  const { secrets } = await started();
  const made = await api.call('POST', '/v1/credentials', { name: 'a', kind: 'http-bearer', data: { token: 'unused' } });
  const [row] = await api.store.query({ collection: paths.credentials(api.owner.principal.org) });
  expect(made.status).toBe(201);
  // the fixture's own ring is not of this folder
  await api.store.commit([{ kind: 'delete', path: paths.dataKeys(api.owner.principal.org) }]);
  const path = row?.path ?? '';
  const sealed = await secrets.seal(JSON.stringify({ token: 'token-of-a' }), sealContext(path, Number(row?.data.revision)));
  await api.store.commit([{ kind: 'set', path, data: { ...row?.data, sealed } }]);
  expect(await token()).toBe('token-of-a');
});
afterEach(() => rm(folder, { recursive: true }));

const token = async () => (await openCredential(await started(), api.owner.principal.org, 'a')).data.token;
const masters = async () =>
  (JSON.parse(await readFile(data.keyFile, 'utf8')) as { readonly keys: readonly { readonly id: string }[] }).keys.map(
    ({ id }) => id,
  );

test('a new master key is the only one afterwards, and secrets open under it', async () => {
  const [before = ''] = await masters();
  const said: string[] = [];
  await rotateDataKeys(data, 'master', (line) => said.push(line));
  const after = await masters();
  expect(after).toHaveLength(1);
  expect(after).not.toContain(before);
  expect(said.join('\n')).toContain(`Master key ${before} is in the key file no more`);
  expect((await stat(data.keyFile)).mode & 0o777).toBe(0o600);
  expect(await token()).toBe('token-of-a');
});

test('cut off at any commit, all keys that something needs are there, and the next rotation finishes', async () => {
  const { store } = data;
  let commits = 0;
  for (let until = 0; ; until += 1) {
    commits = 0;
    const cut: typeof store = {
      ...store,
      async commit(writes) {
        commits += 1;
        if (commits > until) throw new Error('the power is gone');
        return store.commit(writes);
      },
    };
    const done = await rotateDataKeys({ ...data, store: cut }, 'master', () => {}).then(
      () => true,
      () => false,
    );
    expect(await token()).toBe('token-of-a');
    if (done) break;
  }
  expect(commits).toBeGreaterThanOrEqual(3);
  expect(await masters()).toHaveLength(1);
});

test('a master key that a data key is wrapped with stays', async () => {
  const [before = ''] = await masters();
  const other = await createOtherOrganization();
  const { store } = data;
  // an organization whose rotation comes to nothing
  const stubborn: typeof store = {
    ...store,
    commit: async (writes) =>
      writes.some(({ path }) => path === other) ? { ok: false, failed: 'version', path: other } : store.commit(writes),
  };
  await expect(rotateDataKeys({ ...data, store: stubborn }, 'master', () => {})).rejects.toThrow();
  expect(await masters()).toContain(before);
  await rotateDataKeys(data, 'data', () => {});
  expect(await masters()).toContain(before);
  await rotateDataKeys(data, 'master', () => {});
  expect(await masters()).toHaveLength(1);
});

async function createOtherOrganization(): Promise<string> {
  const { dataKeys } = await started();
  await data.store.commit([{ kind: 'set', path: 'organizations/org_other', data: { id: 'org_other' } }]);
  await dataKeys?.renew('org_other');
  return paths.dataKeys('org_other');
}
