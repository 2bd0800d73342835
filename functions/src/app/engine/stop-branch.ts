/**
 * The stop of an execution is a branch too: leased, journaled and swept like any other.
 *
 *   halt        every live branch is told (`stop`) or, where nobody works on it, put to rest; listed again until none is left
 *   compensate  finished steps that name a compensation are undone: reverse topological order, later items first; each a journaled step
 *   finish      one commit: the status, the caller's branch, the slot, the error workflow's execution
 */

import { planNode } from '@automateos/shared/engine/plan';
import { undoOrder } from '@automateos/shared/engine/undo-order';
import type { Step } from '@automateos/shared/model/branch';
import type { Execution, ExecutionError, StopTarget } from '@automateos/shared/model/execution';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { Write } from '@automateos/shared/ports/document-store';
import { eventWrites } from '../outgoing-webhooks/delivery-writes.ts';
import { endedEvent } from '../outgoing-webhooks/webhook-event.ts';
import { executionFinished } from '../telemetry/execution-events.ts';
import { callerWrites } from './caller-writes.ts';
import { type Committed, checkpoint } from './checkpoint.ts';
import { errorWorkflowWrites } from './error-workflow.ts';
import { ended } from './finish-execution.ts';
import { haltBranches } from './halt-branches.ts';
import { owner, type Run, stepKey } from './run.ts';
import { slotWrites } from './slots.ts';
import { allSteps } from './stored-values.ts';

/** Pauses before the live branches are listed again, longer each time; a branch that comes to rest calls earlier. */
const listAgainMs = { first: 2_000, longest: 15_000 };

export async function runStop(run: Run): Promise<Committed> {
  const to = run.execution.data.stopping?.to;
  if (!to) return 'lost'; // the stop is over: a late message
  const state = run.branch.stopState ?? { to, phase: 'halt' as const, undo: [] };
  switch (state.phase) {
    case 'halt': {
      const live = await haltBranches(run, to);
      if (live === 'lost') return 'lost';
      if (live > 0) return listAgain(run);
      const undo = await undoList(run);
      run.branch = { ...run.branch, stopState: { to, phase: 'compensate', undo } };
      // Stored before the first compensation runs, so that a later worker undoes the same steps in the same order.
      return undo.length > 0 ? checkpoint(run, { branch: run.branch }) : 'ok';
    }
    case 'compensate': {
      const [next, ...rest] = state.undo;
      if (!next) {
        run.branch = { ...run.branch, stopState: { ...state, phase: 'finish' } };
        return 'ok';
      }
      await knowAllSteps(run);
      const done = run.branch.steps.some((step) => step.node === next.node && step.scope === next.scope && isOver(step));
      run.branch = done
        ? { ...run.branch, stopState: { ...state, undo: rest } }
        : { ...run.branch, at: { scope: next.scope, node: next.node } };
      return 'ok';
    }
    case 'finish':
      return finish(run, state.to);
  }
}

/** A compensation has ended, well or not: back to the list. */
export function afterUndo(run: Run): Committed {
  run.branch = { ...run.branch, at: { scope: '', node: '$stop' }, wait: null };
  return 'ok';
}

export function isOver(step: Step): boolean {
  return step.status === 'succeeded' || step.status === 'failed';
}

/** One timer at a time: called before it is due (a branch came to rest, a wake-up came twice), the stop leaves it as it is. */
async function listAgain(run: Run): Promise<Committed> {
  const now = run.app.clock.now();
  const { wait } = run.branch;
  const before = wait?.kind === 'stop' ? wait : null;
  if (before && fromInstant(before.wakeAt) > now) {
    return checkpoint(run, { branch: { ...run.branch, status: 'waiting' }, timerSet: true });
  }
  const times = before?.times === undefined ? 0 : before.times + 1;
  const wakeAt = toInstant(now + Math.min(listAgainMs.first * 2 ** times, listAgainMs.longest));
  return checkpoint(run, { branch: { ...run.branch, status: 'waiting', wait: { kind: 'stop', wakeAt, times } } });
}

async function undoList(run: Run): Promise<{ node: string; scope: string; of: string }[]> {
  if (![...run.plan.nodes.values()].some((node) => node.compensate !== null)) return [];
  const steps = (await allSteps(run.app, owner(run))).filter((step) => tookEffect(step));
  const found = steps.flatMap((step) => {
    const by = planNode(run.plan, step.node).compensate;
    return by === null ? [] : [{ node: by, scope: step.scope, of: step.node }];
  });
  return undoOrder(run.plan, found);
}

/** Finished, or started and never finished: then its compensation runs too, and must not mind. */
function tookEffect(step: Step): boolean {
  if (step.status === 'succeeded' || step.status === 'running') return true;
  return step.failure?.code === 'INTERRUPTED' || step.failure?.code === 'CRASHED';
}

/** Compensations see every step's output, wherever its branch is. */
async function knowAllSteps(run: Run): Promise<void> {
  if (run.foreign.size > 0) return;
  for (const step of await allSteps(run.app, owner(run))) {
    if (step.status === 'succeeded' || step.handled) run.foreign.set(stepKey(step.scope, step.node), step);
  }
}

async function finish(run: Run, to: StopTarget): Promise<Committed> {
  const { data } = run.execution;
  const undone = run.branch.steps.length > 0;
  const execution: Execution = {
    ...ended(run, data, to, null),
    error: data.stopping?.error ?? reason(to, data.stopping?.by),
    compensated: data.compensated || undone,
  };
  const caller = await callerWrites(run, execution);
  const slot = await slotWrites(run.app, data, run.plan);
  const onError = to === 'cancelled' ? null : await errorWorkflowWrites(run, execution);
  const told = await eventWrites(run.app, data.org, endedEvent(run.app, execution, to));
  const writes: Write[] = [...caller.writes, ...slot.writes, ...(onError?.writes ?? []), ...told.writes];
  const hints = caller.hints + slot.hints + (onError?.hints ?? 0) + told.hints;
  const committed = await checkpoint(run, { branch: { ...run.branch, at: null, status: 'ended' }, execution, writes, hints });
  if (committed !== 'ok') return committed;
  executionFinished(run.app, execution);
  for (const each of [caller, slot, onError, told]) await each?.announce();
  return committed;
}

function reason(to: StopTarget, by: string | undefined): ExecutionError {
  if (to === 'cancelled') return { code: 'CANCELLED', message: by ? `Cancelled by ${by}` : 'Cancelled' };
  if (to === 'timed-out') return { code: 'EXECUTION_TIMEOUT', message: 'The execution took longer than its settings.timeoutMs' };
  return { code: 'FAILED', message: 'The execution failed' };
}
