/** Marks an execution as stopping and creates the branch that carries the stop out: one commit under the execution's version. */
import { stopName } from '@automateos/shared/engine/scope';
import { Execution, type ExecutionError, isTerminal, type StopTarget } from '@automateos/shared/model/execution';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { newBranch } from './branch-document.ts';
import { changedAt } from './changed-at.ts';
import { stopBranch } from './fail-step.ts';

export type StopReason = { readonly by?: string; readonly error?: ExecutionError };
/** `early`: the deadline that has passed is not its deadline any more, because it was retried. */
export type StopRequested = 'requested' | 'stopping' | 'over' | 'absent' | 'early';

type Stop = { readonly to: StopTarget; readonly reason: StopReason };

/** `alongside`: what else its commit writes, once it is known what it changes. */
export async function requestStop(
  app: App,
  org: string,
  id: string,
  { to, reason, alongside }: Stop & { readonly alongside?: (change: StopWrites) => Write },
): Promise<StopRequested> {
  for (;;) {
    const stop = await stopWrites(app, org, id, { to, reason });
    if (typeof stop === 'string') return stop;
    const result = await app.store.commit([...stop.writes, ...(alongside ? [alongside(stop)] : [])]);
    if (!result.ok) continue;
    await stop.announce();
    return 'requested';
  }
}

export type StopWrites = {
  readonly writes: readonly Write[];
  readonly before: Execution;
  readonly after: Execution;
  announce(): Promise<void>;
};

/** The stop as part of somebody else's commit; or why there is nothing to stop. */
export async function stopWrites(
  app: App,
  org: string,
  id: string,
  { to, reason }: Stop,
): Promise<StopWrites | Exclude<StopRequested, 'requested'>> {
  const snapshot = await app.store.get(paths.execution(org, id));
  if (!snapshot) return 'absent';
  const execution = Execution.parse(snapshot.data);
  if (isTerminal(execution.status)) return 'over';
  if (execution.stopping) return 'stopping';
  const now = app.clock.now();
  if (to === 'timed-out' && execution.deadlineAt !== null && fromInstant(execution.deadlineAt) > now) return 'early';
  const stopping: Execution = {
    ...execution,
    stopping: { to, at: toInstant(now), ...reason },
    ...{ status: 'running', due: null, updatedAt: changedAt(now, execution.updatedAt) },
  };
  const branch = newBranch({ org, executionId: id }, stopBranch(execution.generation), null, now);
  return {
    writes: [
      { kind: 'update', path: snapshot.path, version: snapshot.version, data: asDocument(stopping) },
      { kind: 'create', path: paths.branch(org, id, stopName(execution.generation)), data: asDocument(branch) },
    ],
    ...{ before: execution, after: stopping },
    announce: () => announce(app, 'branches', [{ org, executionId: id, branchId: branch.id }]),
  };
}
