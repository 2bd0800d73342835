/** Retention: finished executions past their time are deleted with everything below them, blobs first, so that nothing is left behind. */
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';

export type Pruned = { readonly executions: number; readonly documents: number; readonly blobBytes: number };

const pageSize = 100;
const commitSize = 400;
const below = ['branches', 'joins', 'waits', 'seeds', 'definitions'] as const;

/** Deletes at most `limit` executions whose `expiresAt` has passed, and idempotency records that have expired. */
export async function pruneExecutions(app: App, { limit }: { readonly limit: number }): Promise<Pruned> {
  const total = { executions: 0, documents: 0, blobBytes: 0 };
  total.documents += await pruneExpired(app, 'idempotency');
  total.documents += await pruneExpired(app, 'sign-in-attempts');
  while (total.executions < limit) {
    const page = await expired(app, 'executions', Math.min(pageSize, limit - total.executions));
    for (const snapshot of page) {
      const execution = Execution.parse(snapshot.data);
      if (!isTerminal(execution.status)) continue;
      total.blobBytes += await app.blobs.deletePrefix(paths.executionBlobs(execution.org, execution.id));
      total.documents += await deleteTree(app, snapshot);
      total.executions += 1;
    }
    if (page.length < pageSize) break;
  }
  return total;
}

function expired(app: App, collection: string, limit: number): Promise<readonly Snapshot[]> {
  return app.store.query({
    collection,
    group: true,
    where: [['expiresAt', '<=', toInstant(app.clock.now())]],
    orderBy: [['expiresAt', 'asc']],
    limit,
  });
}

async function pruneExpired(app: App, collection: string): Promise<number> {
  let deleted = 0;
  for (;;) {
    const page = await expired(app, collection, commitSize);
    if (page.length > 0) await app.store.commit(page.map(({ path }) => ({ kind: 'delete', path })));
    deleted += page.length;
    if (page.length < commitSize) return deleted;
  }
}

/** The execution itself goes last: a prune that is cut off finds it again. */
async function deleteTree(app: App, execution: Snapshot): Promise<number> {
  let deleted = 1;
  for (const name of below) {
    for (;;) {
      const page = await app.store.query({ collection: `${execution.path}/${name}`, limit: commitSize });
      const writes: Write[] = page.map(({ path }) => ({ kind: 'delete', path }));
      if (writes.length > 0) await app.store.commit(writes);
      deleted += writes.length;
      if (page.length < commitSize) break;
    }
  }
  await app.store.commit([{ kind: 'delete', path: execution.path, version: execution.version }]);
  return deleted;
}
