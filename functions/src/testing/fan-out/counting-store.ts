/** A store that remembers when each document was written: shared by every worker of a test, so that contention on one document shows. */
import type { DocumentStore } from '@automateos/shared/ports/document-store';

export type WriteLog = {
  /** Landed writes by path, as times in ms. */
  readonly writes: ReadonlyMap<string, readonly number[]>;
  /** Commits whose precondition failed, by the path that failed: somebody else was there first, and the commit was decided anew. */
  readonly conflicts: ReadonlyMap<string, number>;
  /** Commits that threw. */
  readonly errors: readonly string[];
};

export type CountingStores = WriteLog & { wrap(store: DocumentStore): DocumentStore };

export function createCountingStores(now: () => number): CountingStores {
  const writes = new Map<string, number[]>();
  const conflicts = new Map<string, number>();
  const errors: string[] = [];
  return {
    ...{ writes, conflicts, errors },
    wrap: (store) => ({
      ...store,
      async commit(given) {
        try {
          const result = await store.commit(given);
          const at = now();
          if (result.ok) for (const { path } of given) writes.set(path, [...(writes.get(path) ?? []), at]);
          else conflicts.set(result.path, (conflicts.get(result.path) ?? 0) + 1);
          return result;
        } catch (error) {
          errors.push(String(error));
          throw error;
        }
      },
    }),
  };
}

const windowMs = 30_000;
const mostInWindow = 30;

/** Documents that were written more than once a second for half a minute. */
export function hotDocuments({ writes }: WriteLog): readonly string[] {
  return [...writes].flatMap(([path, times]) => {
    const isHot = times.some((from, at) => (times[at + mostInWindow] ?? Number.POSITIVE_INFINITY) - from <= windowMs);
    return isHot ? [`${path}: ${times.length}`] : [];
  });
}

export function mostWritten({ writes }: WriteLog): { readonly path: string; readonly count: number } {
  return [...writes]
    .map(([path, times]) => ({ path, count: times.length }))
    .reduce((most, one) => (one.count > most.count ? one : most), { path: 'nothing', count: 0 });
}
