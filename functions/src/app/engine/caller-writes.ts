/** flow.call with `wait`: the called execution's last commit wakes the caller's branch, if it still waits for this very execution. */

import { dueAt } from '@automateos/shared/engine/due';
import { Branch, type WaitAnswer } from '@automateos/shared/model/branch';
import type { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { announceMs, dueKey, turnedAt } from './branch-document.ts';
import { type Run, refOf } from './run.ts';
import { loadStoredValue, storeValue } from './stored-values.ts';

export type CallerWrites = {
  readonly writes: readonly Write[];
  /** Messages that `announce` sends. */
  readonly hints: number;
  announce(): Promise<void>;
};

const none: CallerWrites = { writes: [], hints: 0, announce: async () => {} };

export async function callerWrites(run: Run, execution: Execution): Promise<CallerWrites> {
  const { app } = run;
  const { parent, org } = execution;
  if (!parent?.wait) return none;
  const snapshot = await app.store.get(paths.branch(org, parent.executionId, parent.branchId));
  if (!snapshot) return none;
  const branch = Branch.parse(snapshot.data);
  if (branch.status !== 'waiting' || branch.wait?.kind !== 'call' || branch.wait.executionId !== execution.id) return none;
  const answer = await answerFor(run, execution, parent.executionId);
  const woken = wake(app, branch, answer);
  return {
    writes: [{ kind: 'update', path: snapshot.path, version: snapshot.version, data: asDocument(woken) }],
    hints: 1,
    announce: () => announce(app, branch.pool, [refOf(branch)]),
  };
}

/** A waiting branch with what it waited for: queued, to be claimed by any worker. */
export function wake(app: App, branch: Branch, answer: WaitAnswer): Branch {
  return {
    ...branch,
    status: 'queued',
    answer,
    turned: turnedAt(branch, app.clock.now()),
    rev: branch.rev + 1,
    due: dueAt(dueKey(branch.executionId, branch.id), app.clock.now() + announceMs),
  };
}

async function answerFor(run: Run, execution: Execution, callerId: string): Promise<WaitAnswer> {
  const { app } = run;
  if (execution.status === 'succeeded') {
    const output = execution.output ?? { v: null };
    if ('v' in output) return { port: 'main', output };
    // The caller keeps its own copy: retention deletes each execution with its blobs.
    try {
      const value = await loadStoredValue(app, execution, run.plan, output);
      const copy = await storeValue(app, { org: execution.org, id: callerId }, `call.${execution.id}`, value);
      return { port: 'main', output: copy };
    } catch (error) {
      // larger than a step's output may be: the caller's step fails; the called execution has done its work and ends all the same
      if (error instanceof StepError) return { port: 'error', output: { v: null }, failure: error.failure };
      throw error;
    }
  }
  const error = execution.error;
  return {
    port: 'error',
    output: { v: null },
    failure: {
      code: error?.code ?? (execution.status === 'cancelled' ? 'CALLED_EXECUTION_CANCELLED' : 'CALLED_EXECUTION_FAILED'),
      message: error?.message ?? `The called execution ${execution.id} ended as ${execution.status}`,
      class: 'other',
      retryable: false,
      details: { executionId: execution.id, status: execution.status },
    },
  };
}
