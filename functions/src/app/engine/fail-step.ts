/**
 * A step has failed for good. Its error port takes it, or `onError: continue`, or an enclosing container; else the execution is stopped:
 * one commit records the step, marks the execution and creates the branch that carries out the stop.
 */
import { errorOutput } from '@automateos/shared/engine/loops';
import { planNode } from '@automateos/shared/engine/plan';
import { isCaught } from '@automateos/shared/engine/route';
import { stopName } from '@automateos/shared/engine/scope';
import type { Branch, Step } from '@automateos/shared/model/branch';
import type { DeadLetter } from '@automateos/shared/model/dead-letter';
import type { Execution } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { StepFailure } from '@automateos/shared/model/step-error';
import type { Write } from '@automateos/shared/ports/document-store';
import { digest } from '../digest.ts';
import { asDocument } from './as-document.ts';
import { type Committed, checkpoint } from './checkpoint.ts';
import { putStep, type Run, withStep } from './run.ts';

export type FailedStep = Omit<Step, 'status' | 'endedAt'> & { readonly failure: StepFailure };

export async function failStep(run: Run, step: FailedStep, extra: readonly Write[] = []): Promise<Committed> {
  const node = planNode(run.plan, step.node);
  const endedAt = toInstant(run.app.clock.now());
  const failed: Step = { ...step, status: 'failed', endedAt };
  if (run.branch.stopState) {
    // A compensation that fails does not keep the others from running.
    const over: Step = { ...failed, handled: true, port: null };
    // Not known before it is stored with its letter: sent again, it would pass for one that has left its letter.
    if (extra.length > 0) return checkpoint(run, { branch: withStep(run.branch, over), writes: extra });
    putStep(run, over);
    return 'ok';
  }
  const port = node.errorPort ? 'error' : node.onError === 'continue' ? node.defaultPort : null;
  if (port === null && !isCaught(run.plan, step.scope)) {
    // Known before it is stored: a commit that has to be sent again must not mean that the step runs again.
    putStep(run, failed);
    return failExecution(run, failed, extra);
  }
  const handled: Step = { ...failed, handled: true, port, output: errorOutput(step.failure) };
  if (extra.length === 0) {
    putStep(run, handled);
    return 'ok';
  }
  return checkpoint(run, { branch: withStep(run.branch, handled), writes: extra });
}

/** Exported for failures that belong to no step of this journal (a while whose condition cannot be evaluated). */
export async function failExecution(run: Run, step: Step, extra: readonly Write[] = []): Promise<Committed> {
  const { data } = run.execution;
  const branch: Branch = { ...withStep(run.branch, step), status: 'failed', wait: null, answer: null };
  if (data.stopping) return checkpoint(run, { branch, writes: extra });
  const failure = step.failure;
  const execution: Execution = {
    ...data,
    stopping: {
      to: 'failed',
      at: toInstant(run.app.clock.now()),
      error: {
        code: failure?.code ?? 'NODE_FAILED',
        message: failure?.message ?? 'The step failed',
        nodeId: step.node,
        scope: step.scope,
        ...(failure?.details === undefined ? {} : { details: failure.details }),
      },
    },
  };
  return checkpoint(run, { branch, execution, created: [stopBranch(data.generation)], writes: extra });
}

export function stopBranch(generation: number) {
  const first = stopName(generation);
  return { id: first, scope: '', first, at: { scope: '', node: '$stop' }, lane: null, steps: [] } as const;
}

/** Derived, so that a commit that is sent again writes the same letter, and each step and generation has its own. */
export function deadLetterId(run: Run, step: Pick<Step, 'node' | 'scope' | 'generation'>): string {
  const path = digest(step.scope, step.node).slice(0, 16);
  return `dlq_${run.branch.executionId.slice(4)}_${step.generation}_${path}`;
}

/** The record that operators list, redrive or discard; written in the commit that fails the step. */
export function deadLetter(run: Run, step: Pick<Step, 'node' | 'scope' | 'generation' | 'failure'>, id: string): DeadLetter {
  const { executionId } = run.branch;
  const { workflowId, workflowName } = run.execution.data;
  return {
    id,
    kind: 'step',
    status: 'open',
    reason: step.failure?.code ?? 'CRASHED',
    message: step.failure?.message ?? '',
    ...{ executionId, workflowId, workflowName, branchId: run.branch.id },
    ...{ nodeId: step.node, nodeLabel: labelOf(run, step.node), scope: step.scope, generation: step.generation },
    createdAt: toInstant(run.app.clock.now()),
    delivery: null,
  };
}

export function letterWrite(org: string, letter: DeadLetter): Write {
  return { kind: 'set', path: paths.deadLetter(org, letter.id), data: asDocument({ ...letter, org }) };
}

function labelOf({ plan }: Run, nodeId: string): string | null {
  return plan.definition.nodes.find(({ id }) => id === nodeId)?.label ?? null;
}
