/**
 * The DocumentStore on Firestore. Versions are update times; preconditions are Firestore's own, so that nothing is read in order to be written
 * and no transaction holds a lock. A query that no index serves is refused here (TypeError), before it can fail in production only.
 */
import { randomBytes } from 'node:crypto';
import { groupOf, isDocumentPath } from '@automateos/shared/documents/document-path';
import { type DocumentStore, type Query, type Snapshot, StoreUnavailable } from '@automateos/shared/ports/document-store';
import type { Logger } from '@automateos/shared/ports/logger';
import { tryAgain } from './firestore-attempts.ts';
import { createCommitter } from './firestore-commit.ts';
import { decodeDocument } from './firestore-document.ts';
import { type FirestoreIndexFile, indexesByGroup } from './firestore-index-file.ts';
import { missingIndex } from './firestore-index-rules.ts';
import { createNames } from './firestore-names.ts';
import { planQuery, type QueryPlan } from './firestore-plan.ts';
import { toStructuredQuery } from './firestore-query.ts';
import { createFirestoreRpc, type FoundDocument } from './firestore-rpc.ts';
import { createFirestoreWatch } from './firestore-watch.ts';

export type FirestoreStore = DocumentStore & {
  /** Later calls reject with StoreUnavailable. */
  close(): Promise<void>;
};

export type FirestoreStoreOptions = {
  readonly projectId: string;
  readonly databaseId: string;
  /** The parsed firestore.indexes.json. */
  readonly indexes: FirestoreIndexFile;
  /** `host:port` of an emulator; Google's when absent. */
  readonly emulatorHost?: string | undefined;
  readonly logger?: Logger | undefined;
};

const getPatience = { attemptMs: 5_000, totalMs: 15_000 };
const queryPatience = { attemptMs: 20_000, totalMs: 30_000 };
const documentsPerGet = 300;
/** A count is billed as one read per so many index entries. */
const entriesPerRead = 1_000;

export function createFirestoreStore(options: FirestoreStoreOptions): FirestoreStore {
  const { projectId, emulatorHost } = options;
  const names = createNames(options);
  const indexesOf = indexesByGroup(options.indexes);
  const rpc = createFirestoreRpc({ projectId, names, emulatorHost });
  const stats = { reads: 0, writes: 0, deletes: 0, commits: 0 };
  const readMore = (documents: number): void => {
    stats.reads += documents;
  };
  const commit = createCommitter({ rpc, names, indexesOf, newToken: () => randomBytes(9).toString('base64url'), readMore });
  const watch = createFirestoreWatch({ ...options, latest: rpc.latest, heard: readMore });
  let closed = false;
  const mustBeOpen = (): void => {
    if (closed) throw new StoreUnavailable('the store is closed');
  };

  const toSnapshot = ({ name, version, fields }: FoundDocument): Snapshot => {
    const path = names.path(name);
    return { path, version, data: decodeDocument(path, fields) };
  };

  async function getAll(paths: readonly string[]): Promise<readonly (Snapshot | null)[]> {
    mustBeOpen();
    const possible = [...new Set(paths.filter(isDocumentPath))];
    const found = new Map<string, Snapshot>();
    for (let start = 0; start < possible.length; start += documentsPerGet) {
      const documents = possible.slice(start, start + documentsPerGet).map(names.document);
      const rows = await tryAgain((timeoutMs) => rpc.batchGet(documents, { timeoutMs }), getPatience);
      readMore(documents.length);
      for (const row of rows.map(toSnapshot)) found.set(row.path, row);
    }
    return paths.map((path) => found.get(path) ?? null);
  }

  /** null for a query that finds nothing. */
  function servedPlan(query: Query): QueryPlan | null {
    mustBeOpen();
    const plan = planQuery(query);
    if (plan === null) return null;
    const missing = missingIndex(indexesOf(plan.group ? plan.collection : groupOf(`${plan.collection}/x`)), plan);
    if (missing !== null) throw new TypeError(`firestore.indexes.json has no index for ${missing}`);
    return plan;
  }

  return {
    get: async (path) => (await getAll([path]))[0] ?? null,
    getAll,
    async commit(writes) {
      mustBeOpen();
      const result = await commit(writes);
      stats.commits += 1;
      if (result.ok) for (const { kind } of writes) stats[kind === 'delete' ? 'deletes' : 'writes'] += 1;
      return result;
    },
    async query(query) {
      const plan = servedPlan(query);
      if (plan === null) return [];
      const asked = toStructuredQuery(plan, names);
      const rows = await tryAgain((timeoutMs) => rpc.runQuery(asked, timeoutMs), queryPatience);
      readMore(Math.max(1, rows.length));
      return rows.map(toSnapshot);
    },
    async count(query) {
      const plan = servedPlan(query);
      if (plan === null) return 0;
      const asked = toStructuredQuery(plan, names);
      const rows = await tryAgain((timeoutMs) => rpc.count(asked, timeoutMs), queryPatience);
      readMore(Math.max(1, Math.ceil(rows / entriesPerRead)));
      return rows;
    },
    watch: watch.add,
    stats: () => ({ ...stats }),
    async close() {
      if (closed) return;
      closed = true;
      await watch.close();
      await rpc.close();
    },
  };
}
