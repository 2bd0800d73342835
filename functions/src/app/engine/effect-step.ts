/**
 * Steps that touch the world. The commit that marks a step as started holds everything before it; only then does it run. A step found
 * started after a crash runs again with the same input and key, unless it asked for at-most-once.
 *
 *     (none) --checkpoint--> running --execute--> succeeded | failed
 *                               ^                     |
 *                               +---- waiting <-------+  back-off of the retry policy, one checkpoint each
 */
import type { PlanNode } from '@automateos/shared/engine/plan';
import { retryDelayMs } from '@automateos/shared/engine/retry-policy';
import type { Branch, Step } from '@automateos/shared/model/branch';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import type { StepFailure } from '@automateos/shared/model/step-error';
import type { NodeType } from '@automateos/shared/ports/node-runtime';
import { meterLap } from '../cost/meter.ts';
import { observeAttempt } from '../telemetry/observe-step.ts';
import { type Committed, checkpoint } from './checkpoint.ts';
import { parseStoredParams, type Resolved, resolveParams, withoutRaw } from './evaluate-params.ts';
import { execute } from './execute.ts';
import type { Executed } from './executed.ts';
import { failStep } from './fail-step.ts';
import { triedFailure } from './journal-size.ts';
import { ownFailure } from './pure-step.ts';
import { owner, putStep, type Run, stepAt, withStep } from './run.ts';
import { loadStoredValue, storeValue } from './stored-values.ts';

type Effect = Extract<NodeType, { kind: 'effect' }>;

export async function effectStep(run: Run, node: PlanNode, type: Effect, scope: string): Promise<Committed> {
  const found = stepAt(run, scope, node.id);
  if (found?.status === 'running') {
    const failure = interrupted(run, node);
    if (failure) return failStep(run, { ...found, failure });
  }
  const now = toInstant(run.app.clock.now());
  const fresh: Step = {
    node: node.id,
    scope,
    status: 'running',
    attempt:
      found && run.app.settings.plantedBug !== 'attempts-not-counted' ? found.attempt + (found.status === 'running' ? 0 : 1) : 1,
    generation: found?.generation ?? 1,
    startedAt: found?.startedAt ?? now,
  };
  if (found?.tries) fresh.tries = found.tries;
  if (found?.edited) fresh.edited = found.edited;
  if (fresh.attempt > 1) fresh.attemptedAt = found?.status === 'running' ? (found.attemptedAt ?? fresh.startedAt) : now;
  const resolved = await paramsOf(run, node, type, found, scope);
  if (!resolved.ok && resolved.failure === null) return resolved.committed;
  if (!resolved.ok) return failStep(run, { ...fresh, failure: resolved.failure });
  const started: Step = fresh;
  if (!resolved.constant) started.input = found?.input ?? (await storedInput(run, node, fresh, resolved.params));
  if (resolved.missing.length > 0) started.missing = [...resolved.missing];
  const branch: Branch = { ...withStep(run.branch, started), wait: null, answer: null };
  const unmarked = run.app.settings.plantedBug === 'effect-before-mark';
  const committed = unmarked ? 'ok' : await checkpoint(run, { branch, stepMs: node.timeoutMs });
  if (committed !== 'ok') return committed;
  const usedUs = run.meter.counts.c;
  const executed = await observeAttempt(run, node, started, () => execute(run, node, type, started, resolved.params));
  meterLap(run.meter);
  const cpuUs = Math.round(run.meter.counts.c - usedUs);
  return record(run, node, cpuUs > 0 ? { ...started, cpuUs } : started, executed);
}

/** A step that was started and never finished: may it run again? */
function interrupted(run: Run, node: PlanNode): StepFailure | null {
  if (node.atMostOnce && run.app.settings.plantedBug !== 'repeat-at-most-once') {
    return {
      code: 'INTERRUPTED',
      message: 'The worker ended while this step ran, and it may run at most once: whether it took effect is not known',
      class: 'other',
      retryable: false,
    };
  }
  return null;
}

/** A repeated attempt sends what the first one sent, whatever has changed since. */
async function paramsOf(run: Run, node: PlanNode, type: Effect, found: Step | undefined, scope: string): Promise<Resolved> {
  if (!found?.input) return resolveParams(run, node, type.manifest, scope);
  const stored = await loadStoredValue(run.app, owner(run), run.plan, found.input);
  return parseStoredParams(node, type.manifest, stored, found.missing);
}

function storedInput(run: Run, node: PlanNode, step: Step, params: JsonObject) {
  const name = `${run.branch.id}.${node.id}@${step.scope}.${step.generation}.${run.claimId}.in`;
  return storeValue(run.app, owner(run), name, withoutRaw(node, params));
}

async function record(run: Run, node: PlanNode, started: Step, executed: Executed): Promise<Committed> {
  if (executed.kind === 'lost') return 'lost';
  // The interrupt came before this worker's own look at the branch: the look finds the stop, and the step stays in doubt.
  if (executed.kind === 'aborted') return run.branch.stop ? 'ok' : checkpoint(run, { branch: run.branch });
  const logs = executed.logs.length > 0 ? { logs: [...executed.logs] } : {};
  if (executed.kind === 'failed') return recordFailure(run, node, { ...started, ...logs }, executed.failure);
  const { result } = executed;
  const name = `${run.branch.id}.${node.id}@${started.scope}.${started.generation}.${started.attempt}.${run.claimId}.out`;
  let step: Step;
  try {
    const output = await storeValue(run.app, owner(run), name, result.output);
    const port = result.port === undefined ? node.defaultPort : result.port;
    step = { ...started, ...logs, status: 'succeeded', endedAt: toInstant(run.app.clock.now()), port, output };
  } catch (error) {
    return recordFailure(run, node, { ...started, ...logs }, ownFailure(error));
  }
  putStep(run, step);
  // Nothing is computed from an at-most-once outcome before it is stored: computing it again could not bring it back.
  return node.atMostOnce ? checkpoint(run, { branch: run.branch }) : 'ok';
}

async function recordFailure(run: Run, node: PlanNode, step: Step, failure: StepFailure): Promise<Committed> {
  const { clock, ids } = run.app;
  const delay = node.atMostOnce ? null : retryDelayMs(node.retry, step.attempt, failure, ids.random());
  if (delay === null) return failStep(run, { ...step, failure });
  const now = clock.now();
  const tried = {
    attempt: step.attempt,
    startedAt: step.attemptedAt ?? step.startedAt,
    endedAt: toInstant(now),
    failure: triedFailure(failure),
  };
  const waiting: Step = { ...step, status: 'waiting', failure, tries: [...(step.tries ?? []), tried].slice(-20) };
  run.progress = true;
  const branch: Branch = {
    ...withStep(run.branch, waiting),
    status: 'waiting',
    wait: { kind: 'retry', wakeAt: toInstant(now + delay) },
  };
  return checkpoint(run, { branch });
}
