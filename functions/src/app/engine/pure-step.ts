/** Steps that only compute: evaluated in memory, stored by whatever checkpoint comes next, computed anew after a crash. */
import type { PlanNode } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { Step } from '@automateos/shared/model/branch';
import { errorCatalogue } from '@automateos/shared/model/error-catalogue';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonValue } from '@automateos/shared/model/json';
import { StepError, type StepFailure } from '@automateos/shared/model/step-error';
import type { NodeType, PureContext, StepResult } from '@automateos/shared/ports/node-runtime';
import type { Committed } from './checkpoint.ts';
import { inputOf, resolveParams } from './evaluate-params.ts';
import { failStep } from './fail-step.ts';
import { findStep, outputOf } from './find-step.ts';
import { boundedFailure } from './journal-size.ts';
import { owner, putStep, type Run, stepAt } from './run.ts';
import { storeValue } from './stored-values.ts';

type Pure = Extract<NodeType, { kind: 'pure' }>;

export async function pureStep(run: Run, node: PlanNode, type: Pure, scope: string): Promise<Committed> {
  const startedAt = toInstant(run.app.clock.now());
  const generation = stepAt(run, scope, node.id)?.generation ?? 1;
  const base = { node: node.id, scope, attempt: 1, generation, startedAt };
  const resolved = await resolveParams(run, node, type.manifest, scope);
  if (!resolved.ok && resolved.failure === null) return resolved.committed;
  if (!resolved.ok) return failStep(run, { ...base, failure: resolved.failure });
  const name = `${run.branch.id}.${node.id}@${scope}.${run.claimId}`;
  let shown: Pick<Step, 'input'> = {};
  let context: PureContext;
  try {
    if (node.in.length > 0 && !resolved.constant) {
      shown = { input: await storeValue(run.app, owner(run), `${name}.in`, resolved.params) };
    }
    context = {
      nodeId: node.id,
      params: resolved.params,
      input: node.in.length === 0 ? await inputOf(run) : null,
      arrived: node.join || node.type === 'flow.merge' ? await arrivedAt(run, node, scope) : [],
    };
  } catch (error) {
    return failStep(run, { ...base, failure: ownFailure(error) });
  }
  let result: StepResult;
  try {
    result = type.evaluate(context);
  } catch (error) {
    return failStep(run, { ...base, ...shown, failure: failureOf(error) });
  }
  try {
    await respond(run, result, name);
    const step: Step = {
      ...base,
      ...shown,
      status: 'succeeded',
      endedAt: toInstant(run.app.clock.now()),
      port: result.port === undefined ? node.defaultPort : result.port,
      // a trigger's output is the execution's input, which is stored already
      output:
        node.in.length === 0 && result.output === context.input
          ? run.execution.data.input
          : await storeValue(run.app, owner(run), `${name}.out`, result.output),
    };
    if (resolved.missing.length > 0) step.missing = [...resolved.missing];
    putStep(run, step);
    return 'ok';
  } catch (error) {
    return failStep(run, { ...base, ...shown, failure: ownFailure(error) });
  }
}

/** Outputs of the steps whose edges were taken, in edge order. */
async function arrivedAt(run: Run, node: PlanNode, scope: string): Promise<readonly { nodeId: string; output: JsonValue }[]> {
  const arrived: { nodeId: string; output: JsonValue }[] = [];
  for (const edge of node.in) {
    const step = await findStep(run, scope, edge.from);
    if (step?.port === edge.port) arrived.push({ nodeId: edge.from, output: (await outputOf(run, step)) ?? null });
  }
  return arrived;
}

/** flow.respond: the answer rides on the next commit. */
async function respond(run: Run, result: StepResult, name: string): Promise<void> {
  if (!result.response) return;
  const body = await storeValue(run.app, owner(run), `${name}.response`, result.response.body);
  const { status, headers } = result.response;
  run.patch = { ...run.patch, response: { status, headers: { ...headers }, body } };
}

/** What the engine's own work on a step threw. An outage is no step's failure: it goes up, and whoever claims the branch next tries again. */
export function ownFailure(error: unknown): StepFailure {
  if (error instanceof StepError || error instanceof AppError) return failureOf(error);
  throw error;
}

/** What a node type threw, as the journal keeps it. */
export function failureOf(error: unknown): StepFailure {
  if (error instanceof StepError) return boundedFailure(error.failure);
  if (error instanceof AppError) {
    const code = error.problems?.[0]?.code ?? error.code;
    return { code, message: error.message, class: 'other', retryable: errorCatalogue[error.code].retryable };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'NODE_FAILED', message: message.slice(0, 2_000), class: 'other', retryable: true };
}
