/** Resolves a node's params at a position of the graph: loads what its expressions refer to, evaluates, parses by the node type's schema. */
import type { PlanNode } from '@automateos/shared/engine/plan';
import { parseScope, scopedId } from '@automateos/shared/engine/scope';
import type { Loop } from '@automateos/shared/model/join';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { paths } from '@automateos/shared/model/paths';
import { StepError, type StepFailure } from '@automateos/shared/model/step-error';
import type { EvaluationScope } from '@automateos/shared/ports/evaluator';
import { callbackUrl } from './callback-token.ts';
import type { Committed } from './checkpoint.ts';
import { findStep, outputOf, scopeOfNode } from './find-step.ts';
import { holdWhileEvaluating } from './hold-while-evaluating.ts';
import { readLoop } from './read-documents.ts';
import { owner, type Run } from './run.ts';
import { loadStoredValue } from './stored-values.ts';

export type Resolved =
  | {
      readonly ok: true;
      readonly params: JsonObject;
      readonly missing: readonly string[];
      /** Nothing in them is templated: they are the definition's, and need not be kept with the step. */
      readonly constant: boolean;
    }
  | { readonly ok: false; readonly failure: StepFailure }
  /** The branch was stored while an expression was evaluated, and that did not land: another turn decides. */
  | { readonly ok: false; readonly failure: null; readonly committed: Committed };

type Static = {
  readonly references: { readonly steps: readonly string[]; readonly vars: boolean };
  readonly params: JsonObject | null;
};

/** Per node and version: what its params refer to and, where nothing is templated, the parsed params themselves. */
const statics = new WeakMap<PlanNode, Static>();

export async function resolveParams(run: Run, node: PlanNode, manifest: NodeManifest, scope: string): Promise<Resolved> {
  const known = statics.get(node) ?? prepare(run, node, manifest);
  if (known.params) return { ok: true, params: known.params, missing: [], constant: true };
  let around: EvaluationScope;
  try {
    around = await scopeFor(run, scope, known.references);
  } catch (error) {
    // what it refers to cannot be put together (results larger than a step may hold): this step's failure, not the worker's
    if (error instanceof StepError) return { ok: false, failure: error.failure };
    throw error;
  }
  const answer = run.app.evaluator.resolve(node.params, around, [...node.rawParams, ...node.lazyParams]);
  const held = answer instanceof Promise ? await holdWhileEvaluating(run, answer) : { evaluated: answer };
  if (held.evaluated === null) return { ok: false, failure: null, committed: held.committed };
  const { evaluated } = held;
  if (!evaluated.ok) return evaluated;
  return parseParams(node, manifest, evaluated.value, evaluated.missing);
}

function prepare(run: Run, node: PlanNode, manifest: NodeManifest): Static {
  const references = run.app.evaluator.references(node.params);
  let params: JsonObject | null = null;
  if (!JSON.stringify(node.params).includes('{{') || node.rawParams.length > 0) {
    const { evaluator } = run.app;
    const plain = Object.entries(node.params).every(
      ([key, value]) => node.rawParams.includes(key) || !JSON.stringify(value)?.includes('{{'),
    );
    const empty: EvaluationScope = { input: null, steps: new Map(), vars: {}, execution: {} };
    const evaluated = plain ? evaluator.resolve(node.params, empty, [...node.rawParams, ...node.lazyParams]) : null;
    // without a template nothing is the sandbox's: this is never a promise
    const parsed = evaluated && 'ok' in evaluated && evaluated.ok ? parseParams(node, manifest, evaluated.value, []) : null;
    params = parsed?.ok ? parsed.params : null;
  }
  const known = { references, params };
  statics.set(node, known);
  return known;
}

/** The schema's verdict on resolved params, with the path of each fault. */
export function parseParams(node: PlanNode, manifest: NodeManifest, value: JsonValue, missing: readonly string[]): Resolved {
  const parsed = manifest.params.safeParse(value);
  if (parsed.success && isJsonObject(parsed.data)) return { ok: true, params: parsed.data, missing, constant: false };
  const faults = parsed.success ? [] : parsed.error.issues.slice(0, 10);
  const list = faults.map((issue) => `${['params', ...issue.path].join('.')}: ${issue.message}`);
  return {
    ok: false,
    failure: {
      code: 'PARAMS_INVALID',
      message: `Params of ${node.id} do not fit ${node.type}: ${list.join('; ')}${missing.length ? ` (no value at ${missing.join(', ')})` : ''}`,
      class: 'other',
      retryable: false,
      details: { problems: list },
    },
  };
}

/** Params as they were stored with a step: code is not among them, that is the definition's. */
export function parseStoredParams(
  node: PlanNode,
  manifest: NodeManifest,
  stored: JsonValue,
  missing: readonly string[] = [],
): Resolved {
  return parseParams(node, manifest, { ...(isJsonObject(stored) ? stored : {}), ...rawParamsOf(node) }, missing);
}

export function rawParamsOf(node: PlanNode): JsonObject {
  return Object.fromEntries(node.rawParams.map((name) => [name, node.params[name] ?? null]));
}

export function withoutRaw(node: PlanNode, params: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(params).filter(([name]) => !node.rawParams.includes(name)));
}

/** Everything that `{{ }}` can see from `scope`, loaded as far as the references say. */
export async function scopeFor(
  run: Run,
  scope: string,
  references: { readonly steps: readonly string[]; readonly vars: boolean },
): Promise<EvaluationScope> {
  const steps = new Map<string, JsonValue>();
  for (const id of references.steps) {
    const where = scopeOfNode(run, scope, id);
    if (where === null) continue;
    const value = await outputOf(run, await findStep(run, where, id));
    if (value !== undefined) steps.set(id, value);
  }
  const { data } = run.execution;
  const item = await itemAt(run, scope);
  return {
    input: await inputOf(run),
    steps,
    vars: references.vars ? await varsOf(run) : {},
    execution: { id: data.id, workflowId: data.workflowId, startedAt: data.startedAt },
    caller: data.workflowId,
    callbackUrl: (nodeId) => callbackUrl(run.app.settings.publicUrl, data, scopeOfNode(run, scope, nodeId) ?? '', nodeId),
    ...item,
  };
}

export async function inputOf(run: Run): Promise<JsonValue> {
  run.input ??= { value: await loadStoredValue(run.app, owner(run), run.plan, run.execution.data.input) };
  return run.input.value;
}

async function varsOf(run: Run): Promise<JsonObject> {
  if (run.vars) return run.vars;
  const found = await run.app.store.query({ collection: paths.variables(run.branch.org) });
  run.vars = Object.fromEntries(found.map(({ data }) => [String(data.name), data.value ?? null]));
  return run.vars;
}

/** `item` and `index` of the nearest for-each; in a while only `index`, the number of the round. */
async function itemAt(run: Run, scope: string): Promise<{ readonly item?: JsonValue; readonly index?: number }> {
  let round: number | undefined;
  for (let at = parseScope(scope); at; at = parseScope(at.parent)) {
    if (run.plan.nodes.get(at.container)?.container !== 'for-each') {
      round ??= at.index;
      continue;
    }
    const loop = await readLoop(run, at.parent, at.container);
    if (!loop) return {};
    return { item: await itemOfLoop(run, loop, at.index), index: at.index };
  }
  return round === undefined ? {} : { index: round };
}

async function itemOfLoop(run: Run, loop: Loop, index: number): Promise<JsonValue> {
  const page = loop.pages.find(({ from, to }) => from <= index && index < to);
  if (!page) return null;
  const key = `${scopedId(loop.scope, loop.node)}#${page.from}`;
  let items = run.values.get(key);
  if (items === undefined) {
    items = await loadStoredValue(run.app, owner(run), run.plan, page.items);
    run.values.set(key, items);
  }
  return Array.isArray(items) ? ((items as readonly JsonValue[])[index - page.from] ?? null) : null;
}
