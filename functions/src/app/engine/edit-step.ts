/**
 * Another input for a step that failed for good: what a person makes of its params before it runs again as the next generation, under a
 * key of its own. It is taken as it stands, no expression in it is evaluated; code and the credential stay the definition's.
 */
import { type Plan, planNode } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import { Branch, type Step } from '@automateos/shared/model/branch';
import type { DeadLetter } from '@automateos/shared/model/dead-letter';
import type { Execution } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import type { App } from '../app-context.ts';
import { zodProblems } from '../zod-problems.ts';
import { parseStoredParams, rawParamsOf, withoutRaw } from './evaluate-params.ts';
import { loadStoredValue, storeValue } from './stored-values.ts';

export type EditedStep = {
  readonly nodeId: string;
  readonly scope: string;
  readonly generation: number;
  readonly input: StoredValue;
  readonly edited: { readonly by: string; readonly at: string };
  /** Names of the params that are not what the step was last tried with. */
  readonly params: readonly string[];
};

type Edit = {
  readonly plan: Plan;
  readonly execution: Execution;
  readonly redrive: { readonly letter: DeadLetter; readonly input?: JsonObject | undefined };
};

/** Stores the input; the commit of the retry refers to it. Throws INVALID_PARAMS with the path of each fault. */
export async function editStep(app: App, principal: Principal, { plan, execution, redrive }: Edit): Promise<EditedStep> {
  const { letter, input = {} } = redrive;
  const nodeId = letter.nodeId ?? '';
  const scope = letter.scope ?? '';
  const node = planNode(plan, nodeId);
  const manifest = editableManifest(app, plan, nodeId);
  if (!manifest) {
    throw new AppError('INVALID_PARAMS', {
      reason: `The input of a ${node.type} step cannot be changed: it is computed from what comes before it. Fork the execution with another input.`,
    });
  }
  const raw = node.rawParams.filter((name) => Object.hasOwn(input, name));
  if (raw.length > 0) {
    const problems = raw.map((name) => ({ path: `input.${name}`, code: 'NOT_ALLOWED', message: `${name} is the definition's.` }));
    throw new AppError('INVALID_PARAMS', { reason: `Code cannot be changed here: ${raw.join(', ')}.` }, { problems });
  }
  const parsed = parseStoredParams(node, manifest, input);
  if (!parsed.ok) {
    const reason = parsed.failure?.message ?? 'The input does not fit.';
    const whole = { ...input, ...rawParamsOf(node) };
    const { error } = manifest.params.safeParse(whole);
    throw new AppError('INVALID_PARAMS', { reason }, error ? { problems: zodProblems(error, 'input', whole) } : {});
  }
  const shown = withoutRaw(node, parsed.params);
  const generation = letter.generation ?? 1;
  const name = `redrive.${nodeId}@${scope}.${generation}.${app.ids.make('edt')}.in`;
  const before = await lastInput(app, plan, execution, letter);
  return {
    ...{ nodeId, scope, generation },
    input: await storeValue(app, execution, name, shown),
    edited: { by: principal.userId, at: toInstant(app.clock.now()) },
    params: changedNames(before, shown),
  };
}

/** Only what a step sends into the world is kept with it and sent again as it was; what is computed is computed anew. */
export function editableManifest(app: App, plan: Plan, nodeId: string): NodeManifest | null {
  const node = plan.nodes.get(nodeId);
  const type = node ? app.nodeTypes.get(node.type) : undefined;
  return type?.kind === 'effect' ? type.manifest : null;
}

type Place = { readonly nodeId: string | null; readonly scope: string | null; readonly generation: number | null };

/** Letters of the first release tell no generation. */
export function isStepOf({ nodeId, scope, generation }: Place, step: Step): boolean {
  return step.node === nodeId && step.scope === scope && (generation === null || step.generation === generation);
}

async function lastInput(app: App, plan: Plan, execution: Execution, letter: DeadLetter): Promise<JsonObject> {
  if (letter.branchId === null) return {};
  const row = await app.store.get(paths.branch(execution.org, execution.id, letter.branchId));
  const step = row ? Branch.parse(row.data).steps.find((each) => isStepOf(letter, each)) : undefined;
  // params without an expression are not kept with the step: they are the definition's
  const value = step?.input ? await loadStoredValue(app, execution, plan, step.input) : definitionInput(app, plan, letter);
  return isJsonObject(value) ? value : {};
}

function definitionInput(app: App, plan: Plan, { nodeId }: DeadLetter): JsonObject {
  const node = planNode(plan, nodeId ?? '');
  const manifest = editableManifest(app, plan, node.id);
  const parsed = manifest ? parseStoredParams(node, manifest, node.params) : null;
  return parsed?.ok ? withoutRaw(node, parsed.params) : {};
}

function changedNames(before: JsonObject, after: JsonObject): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).toSorted();
}
