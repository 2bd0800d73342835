/**
 * An execution as a test: its input, the outcomes of its effects as mocks, and how it went as what is expected. What looks like a secret is
 * masked, so that the file may be kept with the workflow.
 */
import { analyseTemplates } from '@automateos/shared/expression/analyse-templates';
import { AppError } from '@automateos/shared/model/app-error';
import { nodeParams } from '@automateos/shared/model/definition';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { StepView } from '@automateos/shared/model/execution-view';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import { workflowTestLimits } from '@automateos/shared/model/workflow-test';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { planOf } from '../engine/plan-of.ts';
import { readExecution } from '../engine/read-execution.ts';
import { viewOf } from '../executions/read-execution-view.ts';
import { listVariables } from '../variables/variables.ts';
import { maskSecretValues } from './mask-secret-values.ts';

/** Throws NOT_FOUND, and CONFLICT while the execution runs or where it is too large for a test. */
export async function testOfExecution(app: App, principal: Principal, executionId: string): Promise<JsonObject> {
  requirePermission(principal, 'executions.read');
  const { data } = await readExecution(app, principal.org, executionId);
  if (!isTerminal(data.status)) throw new AppError('CONFLICT', { reason: `Execution ${executionId} has not ended.` });
  const view = await viewOf(app, data);
  const large = view.stepsTruncated || view.steps.some(({ truncated }) => truncated);
  if (large) throw new AppError('CONFLICT', { reason: `Execution ${executionId} is too large to become a test.` });
  const plan = await planOf(app, data);
  const vars = analyseTemplates(plan.definition.nodes.map(nodeParams)).usesVars ? await variablesOf(app, principal) : {};
  const ran = view.steps.filter(({ startedAt, status }) => startedAt !== null && status !== 'skipped');
  const effects = ran.filter((step) => isMocked(step, plan.nodes.get(step.nodeId)?.effect ?? 'effect'));
  const test = {
    name: `as execution ${executionId} of ${data.startedAt}`,
    now: data.startedAt,
    trigger: data.trigger.nodeId,
    input: view.input as JsonValue, // stored values are JSON
    ...(Object.keys(vars).length > 0 ? { vars } : {}),
    ...(effects.length > 0 ? { mocks: { nodes: mocksOf(effects) } } : {}),
    expect: {
      status: view.status,
      ...(data.status === 'succeeded' ? { output: view.output as JsonValue } : {}),
      ...errorOf(data),
      path: [...new Set(ran.map(({ nodeId }) => nodeId))],
    },
  };
  return maskSecretValues({ workflow: data.workflowName, tests: [test] });
}

/** Waits for time pass at once in a test; loops and what only computes run as they are. */
const runAsTheyAre = new Set(['flow.wait', 'flow.for-each', 'flow.while']);

function isMocked({ type, status }: StepView, effect: 'pure' | 'effect' | 'control'): boolean {
  return effect !== 'pure' && !runAsTheyAre.has(type) && (status === 'succeeded' || status === 'failed');
}

/** Steps of loops are told by their params. */
function mocksOf(steps: readonly StepView[]): JsonObject {
  const byNode = Map.groupBy(steps, ({ nodeId }) => nodeId);
  const mocks = [...byNode].map(([id, runs]): [string, JsonValue] => {
    const single = runs.length === 1 ? runs[0] : undefined;
    if (single !== undefined) return [id, outcomeOf(single)];
    return [id, runs.slice(0, workflowTestLimits.mocks).map((step) => ({ ...whenOf(step), ...outcomeOf(step) }))];
  });
  return Object.fromEntries(mocks);
}

function whenOf({ input }: StepView): JsonObject {
  return isJsonObject(input) && Object.keys(input).length > 0 ? { when: input } : { times: 1 };
}

function outcomeOf({ output, port, error, status }: StepView): JsonObject {
  if (error !== null && (status === 'failed' || port === 'error')) {
    const { code, message, retryable } = error;
    return { error: { code, message, class: error.class, retryable } };
  }
  const leaves = port === null || port === 'main' ? {} : { port };
  return { output: output as JsonValue, ...leaves }; // stored values are JSON
}

function errorOf({ error }: Execution): JsonObject {
  if (error === null) return {};
  const { code, nodeId } = error;
  return { error: { code, ...(nodeId === undefined ? {} : { nodeId }) } };
}

/** As they are now: executions do not keep what they saw. */
async function variablesOf(app: App, principal: Principal): Promise<JsonObject> {
  const { items } = await listVariables(app, principal, { limit: 200, after: null });
  return Object.fromEntries(items.map(({ name, value }) => [name, value as JsonValue])); // z.json() infers mutable arrays
}
