/**
 * The documents that say who somebody is and what they may do (accounts, sessions, members, API keys) are asked for with every request and
 * seldom change: they are kept in memory. A commit of this process that touches one forgets it, before the commit is answered; so where one
 * process owns the data (embedded) nothing outdated is ever read. Where several do (cloud), what another one has changed counts after
 * `ttlMs` at the latest, and that it has ended a session or revoked a key after `revokedMs`. That a document is absent is never kept.
 */
import type { DocumentStore, Snapshot } from '@automateos/shared/ports/document-store';
import { type BoundedCache, createBoundedCache } from './bounded-cache.ts';

export type AccessReads = Pick<DocumentStore, 'get' | 'getAll' | 'query'> &
  Pick<BoundedCache<Snapshot>, 'lookups'> & {
    /** The store whose documents these are; they say nothing about those of another. */
    readonly of: DocumentStore;
  };

export type WithAccessReads<S extends DocumentStore> = {
  /** For everything else: reads what is stored, and forgets what it writes. */
  readonly store: S;
  readonly reads: AccessReads;
};

/** Of an account: few, and asked for where a request does not name its organization. */
const isAccessList = /^users\/[^/]+\/memberships$/;

const isAccess =
  /^(users\/[^/]+(\/(sign-in-sessions|memberships)\/[^/]+)?|organizations\/[^/]+(\/(members|api-keys)\/[^/]+)?|api-key-digests\/[^/]+)$/;

/** What a session or key stands or falls with. */
const isRevocable = /^(users\/[^/]+(\/sign-in-sessions\/[^/]+)?|organizations\/[^/]+\/api-keys\/[^/]+|api-key-digests\/[^/]+)$/;
const revokedMs = 5_000;

/** `ttlMs` absent: this process alone writes to the store. */
export function withAccessReads<S extends DocumentStore>(
  store: S,
  { now, ttlMs }: { readonly now: () => number; readonly ttlMs?: number },
): WithAccessReads<S> {
  const cache = createBoundedCache<Snapshot>({ max: 20_000, now, ...(ttlMs === undefined ? {} : { ttlMs }) });
  /** By collection, then by limit. */
  const lists = createBoundedCache<Map<number, readonly Snapshot[]>>({
    max: 10_000,
    now,
    ...(ttlMs === undefined ? {} : { ttlMs }),
  });
  /** Paths that commits under way are writing: what is read of them meanwhile may be the old or the new. */
  const writing = new Map<string, number>();
  let forgotten = 0;

  const forget = (paths: readonly string[]): void => {
    forgotten += 1;
    for (const path of paths) {
      cache.delete(path);
      lists.delete(path.slice(0, path.lastIndexOf('/')));
    }
  };
  const mark = (paths: readonly string[], by: 1 | -1): void => {
    for (const path of paths) {
      const count = (writing.get(path) ?? 0) + by;
      if (count === 0) writing.delete(path);
      else writing.set(path, count);
    }
  };
  const keep = (path: string, snapshot: Snapshot | null, since: number): void => {
    if (snapshot === null || since !== forgotten || writing.has(path) || !isAccess.test(path)) return;
    cache.set(path, snapshot, 1, ttlMs !== undefined && isRevocable.test(path) ? revokedMs : undefined);
  };

  const forgetting: S = {
    ...store,
    async commit(writes: Parameters<S['commit']>[0]) {
      const touched = writes.map(({ path }) => path).filter((path) => isAccess.test(path));
      if (touched.length === 0) return store.commit(writes);
      mark(touched, 1);
      try {
        return await store.commit(writes);
      } finally {
        mark(touched, -1);
        forget(touched);
      }
    },
  };
  return {
    store: forgetting,
    reads: {
      of: forgetting,
      lookups: cache.lookups,
      async get(path) {
        const known = cache.get(path);
        if (known !== undefined) return known;
        const since = forgotten;
        const snapshot = await store.get(path);
        keep(path, snapshot, since);
        return snapshot;
      },
      async query(asked) {
        const { collection, limit = 0 } = asked;
        // with conditions or an order it is another question
        if (!isAccessList.test(collection) || Object.keys(asked).some((name) => name !== 'collection' && name !== 'limit')) {
          return store.query(asked);
        }
        const kept = lists.get(collection);
        const known = kept?.get(limit);
        if (known !== undefined) return known;
        const since = forgotten;
        const rows = await store.query(asked);
        if (since === forgotten && writing.size === 0) lists.set(collection, new Map(kept).set(limit, rows));
        return rows;
      },
      async getAll(paths) {
        const known = paths.map((path) => cache.get(path));
        const missing = paths.filter((_, at) => known[at] === undefined);
        if (missing.length === 0) return known.map((snapshot) => snapshot ?? null);
        const since = forgotten;
        const read = await store.getAll(missing);
        for (const [at, path] of missing.entries()) keep(path, read[at] ?? null, since);
        const rest = read.values();
        return known.map((snapshot) => snapshot ?? rest.next().value ?? null);
      },
    },
  };
}
