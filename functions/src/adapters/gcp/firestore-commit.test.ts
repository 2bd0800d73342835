import { AppError } from '@automateos/shared/model/app-error';
import { type CommitResult, StoreUnavailable, type Write } from '@automateos/shared/ports/document-store';
import { expect, test } from 'vitest';
import { createCommitter } from './firestore-commit.ts';
import { indexesByGroup } from './firestore-index-file.ts';
import { createNames } from './firestore-names.ts';
import type { FirestoreRpc, FoundDocument, WriteRequest } from './firestore-rpc.ts';
import { grpcStatus } from './grpc-client.ts';

const names = createNames({ projectId: 'demo-a', databaseId: '(default)' });
const create = (id: string): Write => ({ kind: 'create', path: `things/${id}`, data: { id } });
const set = (id: string): Write => ({ kind: 'set', path: `things/${id}`, data: { id } });
const update = (id: string, version: string): Write => ({ kind: 'update', path: `things/${id}`, data: { id }, version });
const [old, newer] = ['1790000000.000001000', '1790000001.000001000'];

const failure = (status: keyof typeof grpcStatus, message: string = status) =>
  Object.assign(new Error(message), { code: grpcStatus[status] });

type Stored = Readonly<Record<string, { readonly version: string; readonly tok: string }>>;
/** What Firestore does at an attempt: throws, or has committed. */
type Attempt = (writes: WriteRequest[]) => void;

/** A Firestore that does as told at each attempt to commit, and holds `stored` when it is asked. */
function scripted(attempts: readonly Attempt[], stored: Stored = {}) {
  const seen = { attempts: 0, reads: 0 };
  const rpc: FirestoreRpc = {
    async commit(writes) {
      const attempt = attempts[seen.attempts];
      seen.attempts += 1;
      if (!attempt) throw new TypeError('one attempt too many');
      attempt(writes);
      return writes.map((write) => (write.delete ? '' : newer));
    },
    async batchGet(asked) {
      return asked.flatMap((name): FoundDocument[] => {
        const found = stored[name.slice(name.lastIndexOf('/') + 1)];
        return found ? [{ name, version: found.version, fields: { tok: { stringValue: found.tok } } }] : [];
      });
    },
    runQuery: async () => [],
    count: async () => 0,
    latest: () => '',
    close: async () => {},
  };
  const readMore = (documents: number) => {
    seen.reads += documents;
  };
  const indexesOf = indexesByGroup({ indexes: [], fieldOverrides: [] });
  const commit = createCommitter({ rpc, names, indexesOf, newToken: () => 'ours', readMore });
  return { commit: (...writes: Write[]): Promise<CommitResult> => commit(writes), seen };
}

const fails = (status: keyof typeof grpcStatus, message?: string) => (): void => {
  throw failure(status, message);
};
const succeeds = (): void => {};

test('a refusal of the only condition is told as it is, without a read', async () => {
  const exists = scripted([fails('alreadyExists')]);
  expect(await exists.commit(set('a'), create('b'))).toEqual({ ok: false, failed: 'exists', path: 'things/b' });
  const changed = scripted([fails('failedPrecondition')]);
  expect(await changed.commit(update('a', old))).toEqual({ ok: false, failed: 'version', path: 'things/a' });
  expect(exists.seen.reads + changed.seen.reads).toBe(0);
});

test('of several conditions the first that fails is named, and the reads that find it are counted', async () => {
  const { commit, seen } = scripted([fails('failedPrecondition')], {
    a: { version: old, tok: 'x' },
    b: { version: newer, tok: 'x' },
    c: { version: newer, tok: 'x' },
  });
  const refused = await commit(update('a', old), set('s'), update('b', old), create('c'));
  expect(refused).toEqual({ ok: false, failed: 'version', path: 'things/b' });
  expect(seen).toEqual({ attempts: 1, reads: 3 });
});

test('a commit that nothing stands in the way of any more is sent again', async () => {
  const { commit, seen } = scripted([fails('alreadyExists'), succeeds], { b: { version: old, tok: 'x' } });
  expect(await commit(create('a'), update('b', old))).toEqual({ ok: true, versions: [newer, newer] });
  expect(seen.attempts).toBe(2);
});

test('a commit that had landed although it got no answer is recognised by its token', async () => {
  for (const lost of ['unavailable', 'deadlineExceeded', 'internal', 'resourceExhausted'] as const) {
    const { commit } = scripted([fails(lost), fails('alreadyExists')], { b: { version: newer, tok: 'ours' } });
    const landed = await commit(create('a'), set('b'), { kind: 'delete', path: 'things/c' });
    // a was written again by somebody else since: its version is still the commit's
    expect(landed).toEqual({ ok: true, versions: [newer, newer, ''] });
  }
});

test('after an attempt without an answer a refusal proves nothing, unless a document bears the token', async () => {
  const { commit, seen } = scripted([fails('unavailable'), fails('failedPrecondition')], {
    a: { version: newer, tok: 'theirs' },
  });
  await expect(commit(update('a', old))).rejects.toThrow(StoreUnavailable);
  expect(seen.attempts).toBe(2);
});

test('what has no condition is not sent again while an attempt may still land: it could undo what others wrote', async () => {
  const { commit, seen } = scripted([fails('unavailable')]);
  await expect(commit(set('a'), { kind: 'delete', path: 'things/b' })).rejects.toThrow(StoreUnavailable);
  expect(seen.attempts).toBe(1);
});

test('ABORTED applies nothing: whatever it is is sent again, and a refusal after it is one', async () => {
  const blind = scripted([fails('aborted'), fails('aborted'), succeeds]);
  expect(await blind.commit(set('a'))).toEqual({ ok: true, versions: [newer] });
  const refused = scripted([fails('aborted'), fails('alreadyExists')]);
  expect(await refused.commit(create('a'))).toEqual({ ok: false, failed: 'exists', path: 'things/a' });
});

test('a right that is missing is an outage at once; a mistake of the caller is a TypeError; too large is said', async () => {
  await expect(scripted([fails('permissionDenied')]).commit(create('a'))).rejects.toThrow(StoreUnavailable);
  await expect(scripted([fails('invalidArgument', 'bad path')]).commit(create('a'))).rejects.toThrow(TypeError);
  const large = scripted([fails('invalidArgument', 'Document exceeds the maximum allowed size of 1,048,576 bytes.')]);
  await expect(large.commit(create('a'))).rejects.toMatchObject({ code: 'DOCUMENT_TOO_LARGE' });
});

test('more than a request can hold is refused before it is sent', async () => {
  const { commit, seen } = scripted([]);
  const data = { text: 'x'.repeat(900_000) };
  const writes = Array.from({ length: 12 }, (_, i): Write => ({ kind: 'set', path: `things/${i}`, data }));
  await expect(commit(...writes)).rejects.toThrow(AppError);
  expect(seen.attempts).toBe(0);
});
