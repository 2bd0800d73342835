/**
 * Retention: finished executions past their time are deleted with everything that is theirs, blobs first and the execution itself last,
 * so that a prune that is cut off finds it again. What is not finished is never touched, however old.
 */
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { DocumentStore, Query, Snapshot, Where } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { pruneLeftovers } from './prune-leftovers.ts';
import { removeAll } from './remove-all.ts';

export type PruneChoice = {
  /** Finished executions that ended longer ago than this go too, whatever their retention says. */
  readonly olderThanDays?: number | undefined;
  /** Counts what would go, and deletes nothing. */
  readonly dryRun?: boolean | undefined;
};

/** `blobBytes` is known only of what was deleted. */
export type Pruned = { readonly executions: number; readonly documents: number; readonly blobBytes: number };

const dayMs = 86_400_000;
const pageSize = 100;
const below = ['branches', 'joins', 'waits', 'seeds', 'definitions'] as const;
/** Outside the execution, but of no use without it. */
const beside = ['approvals', 'dead-letters'] as const;

/** At most `limit` executions at a time, and the leftovers that have expired by themselves. */
export async function pruneExecutions(app: App, request: PruneChoice & { readonly limit: number }): Promise<Pruned> {
  const dryRun = request.dryRun === true;
  const total = { executions: 0, documents: 0, blobBytes: 0 };
  for await (const snapshot of doomed(app, request.olderThanDays)) {
    if (total.executions >= request.limit) break;
    const { org, id } = Execution.parse(snapshot.data);
    if (!dryRun) total.blobBytes += await app.blobs.deletePrefix(paths.executionBlobs(org, id));
    for (const query of partsOf(snapshot.path, org, id)) total.documents += await removeAll(app.store, query, dryRun);
    if (!dryRun) await app.store.commit([{ kind: 'delete', path: snapshot.path, version: snapshot.version }]);
    total.documents += 1;
    total.executions += 1;
  }
  total.documents += await pruneLeftovers(app, dryRun);
  return total;
}

function partsOf(path: string, org: string, executionId: string): readonly Query[] {
  const ofIt: Where = ['executionId', '==', executionId];
  return [
    ...below.map((name) => ({ collection: `${path}/${name}` })),
    ...beside.map((name) => ({ collection: `${paths.organization(org)}/${name}`, where: [ofIt] })),
  ];
}

/** Finished executions whose time has come, each once. */
async function* doomed(app: App, olderThanDays: number | undefined): AsyncGenerator<Snapshot> {
  const now = toInstant(app.clock.now());
  for await (const row of rows(
    app.store,
    { collection: 'executions', group: true, where: [['expiresAt', '<=', now]] },
    'expiresAt',
  )) {
    if (isFinished(row)) yield row;
  }
  if (olderThanDays === undefined) return;
  const before = toInstant(app.clock.now() - olderThanDays * dayMs);
  const expired = ({ data }: Snapshot): boolean => typeof data.expiresAt === 'string' && data.expiresAt <= now;
  for await (const { path } of rows(app.store, { collection: 'organizations' }, null)) {
    // what ended before then began before then, and the beginning has an index
    const older = { collection: `${path}/executions`, where: [['startedAt', '<', before]] as const };
    for await (const row of rows(app.store, older, 'startedAt')) {
      const { endedAt } = row.data;
      if (isFinished(row) && !expired(row) && typeof endedAt === 'string' && endedAt < before) yield row;
    }
  }
}

const isFinished = ({ data }: Snapshot): boolean => isTerminal(Execution.shape.status.parse(data.status));

/** Page by page, going on behind the last row whether it was deleted or not. */
async function* rows(store: DocumentStore, query: Query, field: string | null): AsyncGenerator<Snapshot> {
  let after: Snapshot | undefined;
  for (;;) {
    const page = await store.query({
      ...query,
      ...(field === null ? {} : { orderBy: [[field, 'asc']] }),
      limit: pageSize,
      ...(after === undefined
        ? {}
        : { startAfter: { values: field === null ? [] : [String(after.data[field])], path: after.path } }),
    });
    yield* page;
    after = page.at(-1);
    if (page.length < pageSize) return;
  }
}
