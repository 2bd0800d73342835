/**
 * Retry, from a terminal status only: one commit under the execution's version makes it running again and queues its failed and stopped
 * branches where they stand. Joins keep their arrivals, since a failed step has routed nothing. Only a failed step's generation rises.
 */
import { dueAt } from '@automateos/shared/engine/due';
import { AppError } from '@automateos/shared/model/app-error';
import { Branch, type Step } from '@automateos/shared/model/branch';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { announce } from './announce.ts';
import { armDeadline } from './arm-deadline.ts';
import { asDocument } from './as-document.ts';
import { announceMs, dueKey } from './branch-document.ts';
import { requireTypes } from './missing-types.ts';
import { planOf } from './plan-of.ts';
import { readExecution } from './read-execution.ts';
import { refOf } from './run.ts';

const mostBranches = 400;

export async function retryExecution(app: App, principal: Principal, id: string): Promise<{ executionId: string }> {
  requirePermission(principal, 'executions.control');
  const { org } = principal;
  for (;;) {
    const { data, version } = await readExecution(app, org, id);
    refuse(data);
    const plan = await planOf(app, data);
    requireTypes(plan);
    const where = [['status', 'in', ['failed', 'stopped']]] as const;
    const found = await app.store.query({ collection: paths.branches(org, id), where });
    if (found.length > mostBranches) throw conflict(id, `more than ${mostBranches} of its branches stopped; fork it instead`);
    const branches = found.map((snapshot) => ({ ...snapshot, data: requeued(app, Branch.parse(snapshot.data)) }));
    const writes: Write[] = branches.map((each) => ({
      kind: 'update',
      path: each.path,
      version: each.version,
      data: asDocument(each.data),
    }));
    const again = runningAgain(app, data, plan.definition.settings.timeoutMs);
    const result = await app.store.commit([
      { kind: 'update', path: paths.execution(org, id), version, data: asDocument(again) },
      ...writes,
    ]);
    if (!result.ok) continue;
    armDeadline(app, again);
    for (const each of branches) await announce(app, each.data.pool, [refOf(each.data)]);
    return { executionId: id };
  }
}

function refuse(execution: Execution): void {
  const { id, status } = execution;
  if (!isTerminal(status)) throw conflict(id, 'it has not ended');
  if (status === 'succeeded') throw conflict(id, 'it has succeeded; fork it to run a part again');
  if (execution.compensated) throw conflict(id, 'its compensations have run; fork it or start it anew');
}

function conflict(id: string, reason: string): AppError {
  return new AppError('NOT_RETRYABLE_NOW', { id, reason });
}

/** A retry has as much time as the start had. */
function runningAgain(app: App, execution: Execution, timeoutMs: number | undefined): Execution {
  const now = app.clock.now();
  return {
    ...execution,
    status: 'running',
    generation: execution.generation + 1,
    stopping: null,
    error: null,
    output: null,
    endedAt: null,
    expiresAt: null,
    due: timeoutMs === undefined ? null : dueAt(execution.id, now + timeoutMs),
    deadlineAt: timeoutMs === undefined ? null : toInstant(now + timeoutMs),
  };
}

function requeued(app: App, branch: Branch): Branch {
  const keep = branch.wait?.kind === 'timer' || branch.wait?.kind === 'call';
  return {
    ...branch,
    status: 'queued',
    steps: branch.steps.flatMap((step) => again(branch, step, app.settings.plantedBug === 'retry-raises-every-generation')),
    wait: keep ? branch.wait : null,
    claim: null,
    crashes: 0,
    announced: 0,
    stop: null,
    hold: false,
    rev: branch.rev + 1,
    due: dueAt(dueKey(branch.executionId, branch.id), app.clock.now() + announceMs),
  };
}

/** A failed step starts over as the next generation; a loop that failed at its condition is tested again. */
function again(branch: Branch, step: Step, planted: boolean): Step[] {
  if (planted && step.status === 'running') return [{ ...step, generation: step.generation + 1 }];
  if (step.status !== 'failed' || step.handled) return [step];
  if (branch.at?.node !== step.node || branch.at.scope !== step.scope) return [];
  const { node, scope, generation, startedAt } = step;
  return [{ node, scope, status: 'waiting', attempt: 0, generation: generation + 1, startedAt }];
}
