/**
 * The net below the messages: whatever is due and was not announced, or whose worker is gone, is found here and announced. Runs each
 * minute in the cloud, more often embedded; any number of sweeps at a time do no harm.
 */
import { dueAt, dueShards } from '@automateos/shared/engine/due';
import { Branch } from '@automateos/shared/model/branch';
import { Execution } from '@automateos/shared/model/execution';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { BranchRef } from '@automateos/shared/ports/queue';
import { ZodError } from 'zod';
import type { App } from '../app-context.ts';
import { duePage } from '../due-page.ts';
import { branchRescued, type RescueKind, rescueKind } from '../telemetry/branch-events.ts';
import { announce, announceAt } from './announce.ts';
import { asDocument } from './as-document.ts';
import { announceMs, dueKey } from './branch-document.ts';
import { requestStop } from './request-stop.ts';
import { refOf } from './run.ts';
import { isSuspect } from './run-suspects.ts';

const pageSize = 200;

export type SweepResult = { readonly announced: number; readonly timedOut: number };

/** Each is a commit of its own; a store that is far away answers many as soon as one. */
const atOnce = 16;

export async function sweep(app: App): Promise<SweepResult> {
  let timedOut = 0;
  const rescued = { queued: 0, timer: 0, lease: 0 };
  if (app.settings.plantedBug === 'no-sweep') return { announced: 0, timedOut };
  const rescue = async (_: App, snapshot: Snapshot): Promise<number> => {
    const kind = await announceBranch(app, snapshot);
    if (kind) rescued[kind] += 1;
    return kind ? 1 : 0;
  };
  for (let shard = 0; shard < dueShards; shard += 1) {
    const due = { shard, until: toInstant(app.clock.now()), limit: pageSize };
    await sweepPages(app, () => duePage(app.store, { ...due, collection: 'branches' }), rescue);
    timedOut += await sweepPages(app, () => duePage(app.store, { ...due, collection: 'executions' }), timeOut);
  }
  const announced = rescued.queued + rescued.timer + rescued.lease;
  if (announced + timedOut > 0) app.logger.info('sweep-done', { announced, ...rescued, timedOut });
  return { announced, timedOut };
}

/** What is handled is not due any more, so the first page is always the next; a page that moved nothing ends it, for this round. */
async function sweepPages(
  app: App,
  read: () => Promise<readonly Snapshot[]>,
  handle: (app: App, snapshot: Snapshot) => Promise<number>,
): Promise<number> {
  let total = 0;
  for (;;) {
    const page = await read();
    let moved = 0;
    for (let at = 0; at < page.length; at += atOnce) {
      const counts = await Promise.all(page.slice(at, at + atOnce).map((snapshot) => unlessUnreadable(app, snapshot, handle)));
      moved += counts.reduce((sum, count) => sum + count, 0);
    }
    total += moved;
    if (page.length < pageSize || moved === 0 || app.settings.draining()) return total;
  }
}

/** A document that this release cannot read must not keep the sweep from all others. */
async function unlessUnreadable(app: App, snapshot: Snapshot, handle: (app: App, snapshot: Snapshot) => Promise<number>) {
  try {
    return await handle(app, snapshot);
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    app.logger.error('sweep-unreadable', { path: snapshot.path }, error);
    return 0;
  }
}

/** null: somebody else wrote the branch first. */
async function announceBranch(app: App, snapshot: Snapshot): Promise<RescueKind | null> {
  const branch = Branch.parse(snapshot.data);
  // At ages 1, 2, 4, 8 ... minutes, so that a backlog is not doubled by being looked at, and what nobody takes (a paused execution's)
  // does not stand in the way of what comes after it. Whether it may be claimed is told by its wait and its lease, never by `due`.
  const announced = Math.min(branch.announced + 1, branch.status === 'queued' ? 10 : 4);
  const due = dueAt(dueKey(branch.executionId, branch.id), app.clock.now() + announceMs * 2 ** announced);
  const data = asDocument({ ...branch, announced, due, rev: branch.rev + 1 });
  const result = await app.store.commit([{ kind: 'update', path: snapshot.path, version: snapshot.version, data }]);
  if (!result.ok) return null;
  await announce(app, branch.pool, [refOf(branch)]);
  const kind = rescueKind(branch);
  branchRescued(app, kind);
  return kind;
}

async function timeOut(app: App, snapshot: Snapshot): Promise<number> {
  const { org, id } = Execution.parse(snapshot.data);
  return (await requestStop(app, org, id, { to: 'timed-out', reason: {} })) === 'requested' ? 1 : 0;
}

/** Embedded, at start: the queue and the timers are rebuilt from the store. Answers the branches that are to be run one at a time. */
export async function rebuildQueue(app: App): Promise<readonly BranchRef[]> {
  const suspects: BranchRef[] = [];
  for (let shard = 0; shard < dueShards; shard += 1) {
    let after: Snapshot | undefined;
    for (;;) {
      const page = await duePage(app.store, { collection: 'branches', shard, limit: pageSize, after });
      for (const snapshot of page) {
        await unlessUnreadable(app, snapshot, async () => {
          const branch = Branch.parse(snapshot.data);
          if (isSuspect(branch)) suspects.push(refOf(branch));
          else await rehearse(app, branch);
          return 1;
        });
      }
      after = page.at(-1);
      if (page.length < pageSize) break;
    }
  }
  return suspects;
}

async function rehearse(app: App, branch: Branch): Promise<void> {
  const wakeAt = branch.status === 'waiting' ? branch.wait?.wakeAt : null;
  if (wakeAt) await announceAt(app, branch.pool, refOf(branch), fromInstant(wakeAt));
  else await announce(app, branch.pool, [refOf(branch)]);
}
