import { paths } from '@automateos/shared/model/paths';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { createRecordingTelemetry } from '../../testing/recording-telemetry.ts';
import { observeProcess } from '../telemetry/observe-process.ts';
import { withAccessReads } from './access-reads.ts';

const member = paths.member('org_1', 'usr_1');

/** Counts what reaches the store. */
function counted(): { readonly store: DocumentStore; readonly reads: () => number } {
  const store = createFakeDocumentStore();
  return { store, reads: () => store.stats().reads };
}

test('what was read once is not read again until a commit of this process touches it', async () => {
  const { store, reads } = counted();
  const cached = withAccessReads(store, { now: () => 0 });
  await cached.store.commit([{ kind: 'create', path: member, data: { role: 'editor' } }]);
  for (let n = 0; n < 5; n += 1) expect((await cached.reads.get(member))?.data).toEqual({ role: 'editor' });
  expect(reads()).toBe(1);
  await cached.store.commit([{ kind: 'set', path: member, data: { role: 'viewer' } }]);
  expect((await cached.reads.get(member))?.data).toEqual({ role: 'viewer' });
  await cached.store.commit([{ kind: 'delete', path: member }]);
  expect(await cached.reads.get(member)).toBeNull();
  expect(cached.reads.lookups).toEqual({ hit: 4, miss: 3 });
});

test('that a document is absent is not kept, nor is what says nothing about access', async () => {
  const { store } = counted();
  const cached = withAccessReads(store, { now: () => 0 });
  expect(await cached.reads.get(member)).toBeNull();
  await store.commit([{ kind: 'create', path: member, data: {} }]); // by another process
  expect(await cached.reads.get(member)).not.toBeNull();
  const execution = paths.execution('org_1', 'exe_1');
  await store.commit([{ kind: 'create', path: execution, data: { n: 1 } }]);
  await cached.reads.get(execution);
  await store.commit([{ kind: 'set', path: execution, data: { n: 2 } }]);
  expect((await cached.reads.get(execution))?.data).toEqual({ n: 2 });
});

test('what another process has changed counts when the time is over', async () => {
  let now = 0;
  const { store } = counted();
  const cached = withAccessReads(store, { now: () => now, ttlMs: 30_000 });
  await store.commit([{ kind: 'create', path: member, data: { role: 'editor' } }]);
  await cached.reads.get(member);
  await store.commit([{ kind: 'set', path: member, data: { role: 'viewer' } }]);
  now = 29_999;
  expect((await cached.reads.get(member))?.data).toEqual({ role: 'editor' });
  now = 30_000;
  expect((await cached.reads.get(member))?.data).toEqual({ role: 'viewer' });
});

test('that another process has ended a session or revoked a key counts after five seconds', async () => {
  const ofSessions = [paths.user('usr_1'), paths.session('usr_1', 'ses_1')];
  for (const path of [...ofSessions, paths.apiKey('org_1', 'key_1'), paths.apiKeyDigest('abc')]) {
    let now = 0;
    const { store } = counted();
    const cached = withAccessReads(store, { now: () => now, ttlMs: 30_000 });
    await store.commit([{ kind: 'create', path, data: {} }]);
    await cached.reads.get(path);
    await store.commit([{ kind: 'delete', path }]);
    now = 4_999;
    expect([path, await cached.reads.get(path)]).toEqual([path, expect.objectContaining({ path })]);
    now = 5_000;
    expect([path, await cached.reads.get(path)]).toEqual([path, null]);
  }
});

test('a read that began before a commit and ended after it is not kept', async () => {
  const { store } = counted();
  await store.commit([{ kind: 'create', path: member, data: { role: 'owner' } }]);
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  let slow = true;
  const slowStore: DocumentStore = {
    ...store,
    async get(path) {
      const snapshot = await store.get(path);
      if (slow) await gate;
      return snapshot;
    },
  };
  const cached = withAccessReads(slowStore, { now: () => 0 });
  const early = cached.reads.get(member);
  await cached.store.commit([{ kind: 'set', path: member, data: { role: 'viewer' } }]);
  go();
  slow = false;
  expect((await early)?.data).toEqual({ role: 'owner' });
  expect((await cached.reads.get(member))?.data).toEqual({ role: 'viewer' });
});

test('of several documents only those that are not known are read', async () => {
  const { store, reads } = counted();
  const other = paths.organization('org_1');
  const cached = withAccessReads(store, { now: () => 0 });
  await cached.store.commit([member, other].map((path) => ({ kind: 'create', path, data: { path } })));
  await cached.reads.get(other);
  const before = reads();
  const found = await cached.reads.getAll([member, other, paths.user('usr_none')]);
  expect(found.map((snapshot) => snapshot?.data.path)).toEqual([member, other, undefined]);
  expect(reads() - before).toBeLessThanOrEqual(2);
});

test('a key that was taken away and a role that was lowered count with the next request, and hits are measured', async () => {
  const telemetry = createRecordingTelemetry();
  const api = await createApiFixture({ telemetry });
  observeProcess(api.app);
  const created = await api.call('POST', '/v1/api-keys', { name: 'k' });
  const headers = { authorization: `Bearer ${String(created.body.key)}` };
  const list = () => api.call('GET', '/v1/workflows', undefined, headers);
  for (let n = 0; n < 3; n += 1) expect((await list()).status).toBe(200);
  expect((await api.call('DELETE', `/v1/api-keys/${String(created.body.id)}`)).status).toBe(204);
  expect((await list()).status).toBe(401);
  const text = telemetry.prometheus();
  const hits = Number(/automateos_cache_lookups_total\{cache="access",result="hit"\} (\d+)/.exec(text)?.[1]);
  expect(hits).toBeGreaterThan(5);
});
