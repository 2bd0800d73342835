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
import { pruneOrganizations } from './prune-organizations.ts';
import { removeAll } from './remove-all.ts';

export type PruneChoice = {
  /** Finished executions that ended longer ago than this go too, whatever their retention says. */
  readonly olderThanDays?: number | undefined;
  /** Counts what would go, and deletes nothing. */
  readonly dryRun?: boolean | undefined;
};

/** `blobBytes` is known only of what was deleted. */
export type Pruned = { readonly executions: number; readonly documents: number; readonly blobBytes: number };

/** Bounds of one call: what is left is the next one's. */
export type PruneBounds = {
  /** Executions. */
  readonly limit: number;
  /** Epoch ms, past which no further execution is begun; absent where nobody waits. */
  readonly untilMs?: number;
};

const dayMs = 86_400_000;
const pageSize = 100;
/** An execution is a dozen calls one after the other; a store that is far away answers many as soon as one. */
const atOnce = 16;
const below = ['branches', 'joins', 'waits', 'seeds', 'definitions'] as const;
/** Outside the execution, but of no use without it. */
const beside = ['approvals', 'dead-letters'] as const;

/** Executions within the bounds, and the leftovers that have expired by themselves. */
export async function pruneExecutions(app: App, request: PruneChoice & PruneBounds): Promise<Pruned> {
  const { olderThanDays, limit, untilMs = Number.POSITIVE_INFINITY } = request;
  const dryRun = request.dryRun === true;
  const total = { executions: 0, documents: 0, blobBytes: 0 };
  for await (const some of inGroups(doomed(app, olderThanDays), limit)) {
    const pruned = await Promise.all(some.map((snapshot) => pruneOne(app, snapshot, dryRun)));
    for (const { documents, blobBytes } of pruned) {
      total.executions += 1;
      total.documents += documents;
      total.blobBytes += blobBytes;
    }
    if (app.clock.now() >= untilMs || app.settings.draining()) return total;
  }
  total.documents += await pruneLeftovers(app, dryRun);
  const pruneExecution = async (execution: Snapshot) => (await pruneOne(app, execution, dryRun)).documents;
  total.documents += await pruneOrganizations(app, { dryRun, pruneExecution });
  return total;
}

/** What to do side by side; `limit` of them in all. */
async function* inGroups(snapshots: AsyncIterable<Snapshot>, limit: number): AsyncGenerator<readonly Snapshot[]> {
  let group: Snapshot[] = [];
  let taken = 0;
  for await (const snapshot of snapshots) {
    if (taken >= limit) break;
    taken += 1;
    group.push(snapshot);
    if (group.length < atOnce) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function pruneOne(app: App, { path, version, data }: Snapshot, dryRun: boolean): Promise<Omit<Pruned, 'executions'>> {
  const { org, id } = Execution.parse(data);
  const blobBytes = dryRun ? 0 : await app.blobs.deletePrefix(paths.executionBlobs(org, id));
  let documents = 1;
  for (const query of partsOf(path, org, id)) documents += await removeAll(app.store, query, dryRun);
  if (!dryRun) await app.store.commit([{ kind: 'delete', path, version }]);
  return { documents, blobBytes };
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
