/** The start of a round: the condition is evaluated with what the round before computed, and the body runs once more or the loop is over. */
import { catches, errorOutput } from '@automateos/shared/engine/loops';
import type { PlanNode } from '@automateos/shared/engine/plan';
import { isCaught } from '@automateos/shared/engine/route';
import { itemScope, type ParsedScope } from '@automateos/shared/engine/scope';
import type { Step } from '@automateos/shared/model/branch';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonValue } from '@automateos/shared/model/json';
import type { StepFailure } from '@automateos/shared/model/step-error';
import type { Committed } from './checkpoint.ts';
import { scopeFor } from './evaluate-params.ts';
import { failExecution } from './fail-step.ts';
import { findStep } from './find-step.ts';
import { move } from './move.ts';
import { ownFailure } from './pure-step.ts';
import { readLoop } from './read-documents.ts';
import { owner, type Run } from './run.ts';
import { scopeResult, storeValue } from './stored-values.ts';

const defaultMaxIterations = 1_000;

export async function nextRound(run: Run, container: PlanNode, round: ParsedScope): Promise<Committed> {
  const before = itemScope(round.parent, container.id, Math.max(0, round.index - 1));
  const verdict = await ownOrThrow(() => holds(run, container, before, round.index));
  if (verdict === true) return move(run, { kind: 'start' });
  const loop = await readLoop(run, round.parent, container.id);
  const now = toInstant(run.app.clock.now());
  const base = {
    node: container.id,
    scope: round.parent,
    attempt: 1,
    // A condition that failed the execution is tested again by its retry: another generation, another outcome.
    generation: run.execution.data.generation,
    startedAt: loop?.startedAt ?? now,
    endedAt: now,
  };
  if (verdict !== false) return failLoop(run, container, { ...base, status: 'failed', failure: verdict });
  const name = `${run.branch.id}.${container.id}@${round.parent}.${run.claimId}.out`;
  const output = await ownOrThrow(async () => {
    const last = round.index === 0 ? null : await resultOf(run, container, before);
    return storeValue(run.app, owner(run), name, { iterations: round.index, last });
  });
  if ('code' in output) return failLoop(run, container, { ...base, status: 'failed', failure: output });
  return move(run, { kind: 'leave', step: { ...base, status: 'succeeded', port: container.defaultPort, output } });
}

/** What cannot be put together (results larger than a step may hold) is the loop's failure, not the worker's. */
async function ownOrThrow<T>(work: () => Promise<T>): Promise<T | StepFailure> {
  try {
    return await work();
  } catch (error) {
    return ownFailure(error);
  }
}

async function holds(run: Run, container: PlanNode, scope: string, index: number): Promise<boolean | StepFailure> {
  const { evaluator } = run.app;
  const condition = container.params.condition ?? false;
  const around = await scopeFor(run, scope, evaluator.references(condition));
  const evaluated = await evaluator.resolve(condition, { ...around, index });
  if (!evaluated.ok) return evaluated.failure;
  if (!evaluated.value) return false;
  const limit = Number(container.params.maxIterations ?? defaultMaxIterations);
  if (index < limit) return true;
  return {
    code: 'ITERATION_LIMIT',
    message: `${container.id} has run ${limit} rounds and its condition still holds; raise maxIterations if that is meant`,
    class: 'other',
    retryable: false,
  };
}

function resultOf(run: Run, container: PlanNode, scope: string): Promise<JsonValue> {
  return scopeResult(run.app, owner(run), run.plan, (node) => findStep(run, scope, node), container.id);
}

function failLoop(run: Run, container: PlanNode, step: Step & { failure?: StepFailure }): Promise<Committed> {
  if (!catches(container) && !isCaught(run.plan, step.scope)) return failExecution(run, step);
  const port = container.errorPort ? 'error' : container.onError === 'continue' ? container.defaultPort : null;
  const output = step.failure ? errorOutput(step.failure) : { v: null };
  return move(run, { kind: 'leave', step: { ...step, handled: true, port, output } });
}
