/**
 * Retry, from a terminal status only: one commit under the execution's version makes it running again and queues its failed and stopped
 * branches where they stand. Joins keep their arrivals, since a failed step has routed nothing. Only a failed step's generation rises.
 * Dead letters of the steps that it runs again are redriven by it, in the same commit.
 */
import { dueAt } from '@automateos/shared/engine/due';
import { AppError } from '@automateos/shared/model/app-error';
import { Branch, type Step } from '@automateos/shared/model/branch';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { announce } from './announce.ts';
import { armDeadline } from './arm-deadline.ts';
import { asDocument } from './as-document.ts';
import { announceMs, dueKey } from './branch-document.ts';
import { changedAt } from './changed-at.ts';
import { closeLetters, type Redrive } from './close-letters.ts';
import { type EditedStep, editStep, isStepOf } from './edit-step.ts';
import { requireTypes } from './missing-types.ts';
import { planOf } from './plan-of.ts';
import { readExecution } from './read-execution.ts';
import { refOf } from './run.ts';

const mostBranches = 400;

export type Retried = {
  readonly executionId: string;
  /** Dead letters that the retry has redriven. */
  readonly letters: readonly string[];
};

/** `details` are for the audit log. */
export async function retryExecution(app: App, principal: Principal, id: string, details: JsonObject = {}): Promise<Retried> {
  requirePermission(principal, 'executions.control');
  for (;;) {
    const retried = await retryOnce(app, principal, id, { redrive: null, details });
    if (retried) return retried;
  }
}

/** null when somebody else was faster: read and decide again. With `redrive`, only if the retry runs that letter's step again. */
export async function retryOnce(
  app: App,
  principal: Principal,
  id: string,
  { redrive, details }: { readonly redrive: Redrive | null; readonly details: JsonObject },
): Promise<Retried | null> {
  const { org } = principal;
  const { data, version } = await readExecution(app, org, id);
  refuse(data);
  const plan = await planOf(app, data);
  requireTypes(plan);
  const where = [['status', 'in', ['failed', 'stopped']]] as const;
  const found = await app.store.query({ collection: paths.branches(org, id), where });
  if (found.length > mostBranches) throw conflict(id, `more than ${mostBranches} of its branches stopped; fork it instead`);
  const failed = found.map((snapshot) => ({ ...snapshot, data: Branch.parse(snapshot.data) }));
  const letters = await closeLetters(
    app,
    principal,
    failed.map((each) => each.data),
    redrive,
  );
  const edited = redrive?.input === undefined ? null : await editStep(app, principal, { plan, execution: data, redrive });
  const branches = failed.map((each) => ({ ...each, data: requeued(app, each.data, edited) }));
  const again = runningAgain(app, data, plan.definition.settings.timeoutMs);
  const audit = (): Write =>
    auditWrite(app, principal, 'execution.retry', { kind: 'execution', id }, details, { before: data, after: again });
  const result = await app.store.commit([
    { kind: 'update', path: paths.execution(org, id), version, data: asDocument(again) },
    ...branches.map((each): Write => ({ kind: 'update', path: each.path, version: each.version, data: asDocument(each.data) })),
    // a redrive has a line of its letter
    ...(redrive === null ? [audit()] : []),
    ...letters.writes(edited),
  ]);
  if (!result.ok) return null;
  armDeadline(app, again);
  for (const each of branches) await announce(app, each.data.pool, [refOf(each.data)]);
  return { executionId: id, letters: letters.ids };
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
    updatedAt: changedAt(now, execution.updatedAt),
    stopping: null,
    error: null,
    output: null,
    endedAt: null,
    expiresAt: null,
    due: timeoutMs === undefined ? null : dueAt(execution.id, now + timeoutMs),
    deadlineAt: timeoutMs === undefined ? null : toInstant(now + timeoutMs),
  };
}

function requeued(app: App, branch: Branch, edited: EditedStep | null): Branch {
  const keep = branch.wait?.kind === 'timer' || branch.wait?.kind === 'call';
  return {
    ...branch,
    status: 'queued',
    steps: branch.steps.flatMap((step) => {
      const [next] = again(branch, step, app.settings.plantedBug === 'retry-raises-every-generation');
      if (!next) return [];
      return edited && isStepOf(edited, step) ? [{ ...next, input: edited.input, edited: edited.edited }] : [next];
    }),
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
function again(branch: Branch, step: Step, planted: boolean): [Step] | [] {
  if (planted && step.status === 'running') return [{ ...step, generation: step.generation + 1 }];
  if (step.status !== 'failed' || step.handled) return [step];
  if (branch.at?.node !== step.node || branch.at.scope !== step.scope) return [];
  const { node, scope, generation, startedAt } = step;
  // what a person made of its input stays; any other input is computed anew
  const kept = step.edited && step.input ? { input: step.input, edited: step.edited } : {};
  return [{ node, scope, status: 'waiting', attempt: 0, generation: generation + 1, startedAt, ...kept }];
}
