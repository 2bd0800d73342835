/** A page of documents in the order in which they are or become due, of one shard: what is due already, or all that has a due time. */
import type { DocumentStore, Snapshot } from '@automateos/shared/ports/document-store';

export type DuePage = {
  readonly collection: 'branches' | 'executions' | 'schedules';
  readonly shard: number;
  /** Instant up to which; without one, no bound. */
  readonly until?: string;
  readonly limit: number;
  /** Last document of the page before. */
  readonly after?: Snapshot | undefined;
};

export function duePage(store: DocumentStore, page: DuePage): Promise<readonly Snapshot[]> {
  const { collection, shard, until, limit, after } = page;
  return store.query({
    collection,
    group: true,
    where: [['due', '>=', `${shard}:`], until === undefined ? ['due', '<', `${shard}:~`] : ['due', '<=', `${shard}:${until}`]],
    orderBy: [['due', 'asc']],
    limit,
    ...(after ? { startAfter: { values: [String(after.data.due)], path: after.path } } : {}),
  });
}
