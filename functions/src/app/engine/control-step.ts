/** Steps that the engine itself carries out: loops, waits for time, for the outside, for a person, for another execution. */
import type { PlanNode } from '@automateos/shared/engine/plan';
import type { Step } from '@automateos/shared/model/branch';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import type { NodeType } from '@automateos/shared/ports/node-runtime';
import { callStep, resumeCall } from './call-step.ts';
import { type Committed, checkpoint } from './checkpoint.ts';
import { enterForEach, enterWhile } from './enter-loop.ts';
import { resolveParams } from './evaluate-params.ts';
import { failStep } from './fail-step.ts';
import { ownFailure } from './pure-step.ts';
import { owner, putStep, type Run, stepAt, withStep } from './run.ts';
import { storeValue } from './stored-values.ts';
import { enterWait, timeOutWait } from './wait-step.ts';

type Control = Extract<NodeType, { kind: 'control' }>;

export async function controlStep(run: Run, node: PlanNode, type: Control, scope: string): Promise<Committed> {
  const found = stepAt(run, scope, node.id);
  if (found?.status === 'waiting' && found.attempt > 0) {
    const resumed = await resume(run, node, found);
    if (resumed) return resumed;
  }
  const step: Step = {
    node: node.id,
    scope,
    status: 'running',
    attempt: 1,
    generation: found?.generation ?? 1,
    startedAt: toInstant(run.app.clock.now()),
  };
  const resolved = await resolveParams(run, node, type.manifest, scope);
  if (!resolved.ok && resolved.failure === null) return resolved.committed;
  if (!resolved.ok) return failStep(run, { ...step, failure: resolved.failure });
  try {
    if (node.container === null) {
      step.input = await storeValue(
        run.app,
        owner(run),
        `${run.branch.id}.${node.id}@${scope}.${run.claimId}.in`,
        resolved.params,
      );
    }
    return await enter(run, node, step, resolved.params);
  } catch (error) {
    return failStep(run, { ...step, failure: ownFailure(error) });
  }
}

function enter(run: Run, node: PlanNode, step: Step, params: JsonObject): Promise<Committed> {
  switch (node.type) {
    case 'flow.for-each':
      return enterForEach(run, node, step, params);
    case 'flow.while':
      return enterWhile(run, node, step);
    case 'flow.wait':
      return waitForTime(run, step, params);
    case 'flow.callback':
      return enterWait(run, step, params, 'callback');
    case 'flow.approval':
      return enterWait(run, step, params, 'approval');
    case 'flow.call':
      return callStep(run, step, params);
    default:
      throw new RangeError(`The engine does not know the control node ${node.type}`);
  }
}

/** A branch that waited is back; null when it must wait anew (it was stopped while it waited, and the execution was retried). */
async function resume(run: Run, node: PlanNode, waiting: Step): Promise<Committed | null> {
  const { answer, wait } = run.branch;
  if (answer?.failure) {
    run.branch = { ...run.branch, wait: null, answer: null };
    return failStep(run, { ...waiting, failure: answer.failure });
  }
  if (answer) return finishWait(run, waiting, answer.port, answer.output);
  switch (wait?.kind) {
    case 'timer':
      if (Date.parse(wait.wakeAt) > run.app.clock.now()) return checkpoint(run, { branch: { ...run.branch, status: 'waiting' } });
      return finishWait(run, waiting, node.defaultPort, { v: { resumedAt: toInstant(run.app.clock.now()) } });
    case 'callback':
    case 'approval':
      return timeOutWait(run, waiting, wait);
    case 'call':
      return resumeCall(run, waiting, wait.executionId);
    default:
      return null;
  }
}

async function finishWait(run: Run, waiting: Step, port: string, output: StoredValue): Promise<Committed> {
  putStep(run, { ...waiting, status: 'succeeded', endedAt: toInstant(run.app.clock.now()), port, output });
  run.branch = { ...run.branch, wait: null, answer: null };
  return 'ok';
}

async function waitForTime(run: Run, step: Step, params: JsonObject): Promise<Committed> {
  const now = run.app.clock.now();
  const until = typeof params.until === 'string' ? Date.parse(params.until) : now + Number(params.durationMs ?? 0);
  if (until <= now) return finishWait(run, step, 'main', { v: { resumedAt: toInstant(now) } });
  const branch = withStep(run.branch, { ...step, status: 'waiting' });
  return checkpoint(run, {
    branch: { ...branch, status: 'waiting', wait: { kind: 'timer', wakeAt: toInstant(until) }, answer: null },
  });
}
