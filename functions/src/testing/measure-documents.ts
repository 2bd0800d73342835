/** What is written of each document, for tests of bounds: how often, and how large it was at its largest, by Firestore's count. */
import type { Write } from '@automateos/shared/ports/document-store';
import type { FakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { encodeDocument } from '../adapters/gcp/firestore-document.ts';
import { type FirestoreIndexFile, indexesByGroup } from '../adapters/gcp/firestore-index-file.ts';

export type Measured = { readonly writes: number; readonly bytes: number };

export type Measure = {
  /** By path; deletions do not count. */
  readonly documents: ReadonlyMap<string, Measured>;
  /** Of the largest commit, all of its documents together. */
  largestCommit(): { readonly documents: number; readonly bytes: number };
};

/** From now on. */
export function measureDocuments(store: FakeDocumentStore, indexes: FirestoreIndexFile): Measure {
  const documents = new Map<string, Measured>();
  const indexesOf = indexesByGroup(indexes);
  let largest = { documents: 0, bytes: 0 };
  const commit = store.commit.bind(store);
  const note = (write: Write): number => {
    if (write.kind === 'delete') return 0;
    const { bytes } = encodeDocument(write.path, write.data, { token: 'twelve-chars', indexesOf });
    const before = documents.get(write.path) ?? { writes: 0, bytes: 0 };
    documents.set(write.path, { writes: before.writes + 1, bytes: Math.max(before.bytes, bytes) });
    return bytes;
  };
  Object.assign(store, {
    async commit(writes: readonly Write[]) {
      const result = await commit(writes);
      if (!result.ok) return result;
      const bytes = writes.map(note).reduce((sum, one) => sum + one, 0);
      if (bytes > largest.bytes) largest = { documents: writes.length, bytes };
      return result;
    },
  });
  return { documents, largestCommit: () => largest };
}
