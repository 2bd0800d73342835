/**
 * Fires one schedule until nothing of it is due. Two commits make each instant exactly one execution: the decision is stored first
 * (`startingAt`, under the document's version), then the execution is started under a key that is made of the instant, then the document
 * says so. Whoever crashes in between is followed by one that finds the decision; whoever was overtaken fails to store a decision.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { Schedule } from '@automateos/shared/model/schedule';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { asDocument } from '../engine/as-document.ts';
import { startExecution } from '../engine/start-execution.ts';
import { scheduleFired } from '../telemetry/schedule-events.ts';
import { withDue } from './due-time.ts';
import { catchUpLimit, nextMove } from './next-move.ts';

export type Fired = {
  readonly started: number;
  readonly skipped: number;
  /** `{shard}:{instant}` of the document as it is now; null when nothing is left, or somebody else writes it. */
  readonly due: string | null;
};

type Stored = { readonly schedule: Schedule; readonly version: string };

export async function fireSchedule(app: App, snapshot: Snapshot): Promise<Fired> {
  let stored: Stored = { schedule: Schedule.parse(snapshot.data), version: snapshot.version };
  const counts = { started: 0, skipped: 0 };
  // A bound, so that one schedule does not keep the others waiting: what is left is due in the next round.
  for (let moves = 0; moves < 2 * catchUpLimit && !app.settings.draining(); moves += 1) {
    const next = await step(app, stored.schedule, counts);
    if (next === null) return { ...counts, due: stored.schedule.due };
    const saved = withDue(next);
    const write = { kind: 'update', path: snapshot.path, data: asDocument(saved), version: stored.version } as const;
    const result = await app.store.commit([write]);
    if (!result.ok) return { ...counts, due: null };
    stored = { schedule: saved, version: result.versions[0] ?? '' };
  }
  return { ...counts, due: stored.schedule.due };
}

/** The document after the next thing to do, which is done; null when there is none. */
async function step(app: App, schedule: Schedule, counts: { started: number; skipped: number }): Promise<Schedule | null> {
  if (schedule.startingAt !== null) return afterStart(app, schedule, schedule.startingAt, counts);
  const running = schedule.overlap !== 'allow' && (await isRunning(app, schedule));
  if (schedule.waitingAt !== null && !running) return { ...schedule, startingAt: schedule.waitingAt, waitingAt: null };
  const move = nextMove(schedule, app.clock.now(), running);
  if (move?.outcome === 'skip') counts.skipped += 1;
  return move?.schedule ?? null;
}

async function afterStart(app: App, schedule: Schedule, instant: string, counts: { started: number }): Promise<Schedule> {
  const executionId = await start(app, schedule, instant);
  if (executionId === null) return { ...schedule, startingAt: null };
  counts.started += 1;
  return { ...schedule, startingAt: null, lastAt: instant, lastExecutionId: executionId };
}

/** null where it cannot be started, now or ever. Throws where it may go better in the next round. */
async function start(app: App, schedule: Schedule, instant: string): Promise<string | null> {
  const { id, org, workflowId, nodeId, version } = schedule;
  const principal: Principal = { org, userId: 'schedule', role: 'operator', via: 'system' };
  try {
    const { executionId, duplicate } = await startExecution(app, principal, {
      ...{ workflowId, version, triggerId: nodeId, input: { scheduledAt: instant } },
      trigger: { kind: 'schedule', scheduledAt: instant },
      // Without the version: an activation in this moment must not make two of one instant.
      dedupe: { key: digest('schedule', org, id, instant), digest: 'schedule' },
    });
    if (!duplicate) scheduleFired(app, instant);
    return executionId;
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const ids = { organization: org, workflow: workflowId, node: nodeId };
    app.logger.error('schedule-not-started', { ...ids, scheduledAt: instant }, error);
    return null;
  }
}

async function isRunning(app: App, { org, lastExecutionId }: Schedule): Promise<boolean> {
  if (lastExecutionId === null) return false;
  const snapshot = await app.store.get(paths.execution(org, lastExecutionId));
  return snapshot !== null && !isTerminal(Execution.parse(snapshot.data).status);
}
