import type { DocumentStore, Query } from '@automateos/shared/ports/document-store';

const commitSize = 400;

/** Deletes whatever the query finds, in commits of bounded size; on a dry run only counts. Returns the number of documents. */
export async function removeAll(store: DocumentStore, query: Query, dryRun: boolean): Promise<number> {
  if (dryRun) return store.count(query);
  let removed = 0;
  for (;;) {
    const page = await store.query({ ...query, limit: commitSize });
    if (page.length > 0) await store.commit(page.map(({ path }) => ({ kind: 'delete', path })));
    removed += page.length;
    if (page.length < commitSize) return removed;
  }
}
