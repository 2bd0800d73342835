/**
 * The reference: what an execution must come to, computed from the definition by plain recursion over its graph. It knows nothing of
 * branches, joins, packs or checkpoints, and shares no code with the engine's routing. What only the environment decides (who answered a
 * wait, how a called execution ended, whether a crash cost a step its life) it is told by an oracle, and says when it had to ask.
 *
 * Edges are taken, dead or blocked (behind a failure that stops the execution). A node runs where an edge is taken and, unless it races
 * (`any`), none is blocked.
 */
import type { Definition, DefinitionNode } from '@automateos/shared/model/definition';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { NativeEvaluator } from '@automateos/shared/ports/evaluator';
import { anyValue, type EffectParams, effectOutput } from './effects.ts';

export type ExpectedStep = {
  readonly node: string;
  readonly scope: string;
  /** null: it leaves by no port. */
  readonly port: string | null;
  readonly output: JsonValue;
  /** Its error, by code; '*' for any. */
  readonly failure: string | null;
  /** In a loop that failed: it may not have come to it. */
  readonly optional: boolean;
  /** Attempts that it takes; null where chance decides. */
  readonly attempts: number | null;
};

export type Expected = {
  readonly steps: ReadonlyMap<string, ExpectedStep>;
  /** Steps whose failure nothing takes: any of them may be what the execution fails with. */
  readonly fatal: ReadonlySet<string>;
  readonly output: JsonValue;
  /** Steps about which the oracle was believed although the definition foretells another outcome. */
  readonly excused: number;
};

export type Verdict = { readonly port: string; readonly output: JsonValue } | { readonly failure: string };

export type Oracle = {
  /** How a wait or call ended; null where it has not. */
  readonly verdict: (node: string, scope: string) => Verdict | null;
  /** A failure that no definition foretells (a crash, an interruption). */
  readonly excuse: (node: string, scope: string) => string | null;
  /** The outcome of a loop that a fork took over, which is one step there; null for all others. */
  readonly taken: (node: string, scope: string) => Verdict | null;
  /** Generation in which the effect ran last. */
  readonly generation: (node: string, scope: string) => number;
};

type EdgeState = 'taken' | 'dead' | 'blocked';
type Item = { readonly item?: JsonValue; readonly index?: number };
type Fault = { readonly code: string; readonly item: number | null };
type Result = { readonly value: JsonValue; readonly fault: Fault | null; readonly faultNode: string; readonly blocked: boolean };

type Around = {
  readonly scope: string;
  readonly outer: ReadonlyMap<string, JsonValue>;
  readonly item: Item;
  readonly caught: boolean;
  readonly optional: boolean;
};

export const keyOf = (scope: string, node: string): string => `${scope}|${node}`;

export function interpret(definition: Definition, input: JsonObject, oracle: Oracle, evaluator: NativeEvaluator): Expected {
  const steps = new Map<string, ExpectedStep>();
  const fatal = new Set<string>();
  const undo = new Set(definition.nodes.flatMap(({ compensate }) => (compensate === undefined ? [] : [compensate])));
  let response: JsonValue | undefined;
  let excused = 0;

  const members = (parent: string): readonly DefinitionNode[] =>
    inOrder(
      definition,
      definition.nodes.filter((node) => (node.parent ?? '') === parent && !undo.has(node.id)),
    );

  function resolve(
    value: JsonValue,
    around: Around,
    outputs: ReadonlyMap<string, JsonValue>,
    item: Item = around.item,
  ): JsonValue {
    const visible = new Map([...around.outer, ...outputs]);
    const evaluated = evaluator.resolve(value, { input, steps: visible, vars: {}, execution: {}, ...item });
    if (!evaluated.ok)
      throw new RangeError(`The reference cannot evaluate ${JSON.stringify(value)}: ${evaluated.failure.message}`);
    return evaluated.value;
  }

  /** Runs the body `parent` once; the value is what the scope comes to. */
  function runScope(parent: string, around: Around): Result {
    const outputs = new Map<string, JsonValue>();
    const edges = new Map<object, EdgeState>();
    let fault: Fault | null = null;
    let faultNode = '';
    let blocked = false;
    const nodes = members(parent);
    for (const node of nodes) {
      const incoming = definition.edges.filter((edge) => edge.to === node.id);
      const states = incoming.map((edge) => edges.get(edge) ?? 'dead');
      const outgoing = definition.edges.filter((edge) => edge.from === node.id);
      const leave = (state: (port: string) => EdgeState): void => {
        for (const edge of outgoing) edges.set(edge, state(edge.output ?? defaultPort(node)));
      };
      const races = node.type === 'flow.merge' && node.params.mode === 'any';
      if (states.includes('blocked') && !(races && states.includes('taken'))) {
        blocked = true;
        leave(() => 'blocked');
        continue;
      }
      if (incoming.length > 0 && !states.includes('taken')) {
        leave(() => 'dead');
        continue;
      }
      const arrived = incoming.filter((edge) => edges.get(edge) === 'taken').map((edge) => edge.from);
      const mayArrive = states.filter((state) => state !== 'dead').length;
      const outcome = runNode(node, around, outputs, { races: races && mayArrive > 1, arrived });
      if (outcome === null) {
        blocked = true;
        leave(() => 'blocked');
        continue;
      }
      if (outcome.fatal) {
        blocked = true;
        fatal.add(keyOf(around.scope, node.id));
        leave(() => 'blocked');
        continue;
      }
      outputs.set(node.id, outcome.output);
      if (outcome.fault) {
        faultNode = fault === null ? node.id : '*';
        fault = fault === null ? outcome.fault : { code: '*', item: null };
      }
      leave((port) => (port === outcome.port ? 'taken' : 'dead'));
    }
    const sinks = nodes.filter((node) => !definition.edges.some((edge) => edge.from === node.id));
    const [only] = sinks;
    const value =
      sinks.length === 1 && only
        ? (outputs.get(only.id) ?? null)
        : Object.fromEntries(sinks.flatMap(({ id }) => (outputs.has(id) ? [[id, outputs.get(id) ?? null]] : [])));
    return { value, fault, faultNode, blocked };
  }

  type Outcome = {
    readonly port: string | null;
    readonly output: JsonValue;
    /** The error that the container hears of. */
    readonly fault?: Fault;
    readonly fatal?: true;
  };

  function record(
    node: DefinitionNode,
    around: Around,
    outcome: Outcome,
    failure: string | null,
    attempts: number | null,
  ): Outcome {
    const { id } = node;
    const { port, output } = outcome;
    steps.set(keyOf(around.scope, id), {
      node: id,
      scope: around.scope,
      port,
      output,
      failure,
      optional: around.optional,
      attempts,
    });
    return outcome;
  }

  /** What follows a failure: its port, the way on, the container, or the end of the execution. */
  function failed(node: DefinitionNode, around: Around, fault: Fault, attempts: number | null): Outcome {
    const byPort = definition.edges.some((edge) => edge.from === node.id && edge.output === 'error');
    const port = byPort ? 'error' : node.onError === 'continue' ? defaultPort(node) : null;
    const output = anyValue;
    if (port !== null) return record(node, around, { port, output }, fault.code, attempts);
    if (around.caught) return record(node, around, { port: null, output, fault }, fault.code, attempts);
    return record(node, around, { port: null, output, fatal: true }, fault.code, attempts);
  }

  function runNode(
    node: DefinitionNode,
    around: Around,
    outputs: ReadonlyMap<string, JsonValue>,
    joined: { readonly races: boolean; readonly arrived: readonly string[] },
  ): Outcome | null {
    const done = (output: JsonValue, port: string | null = defaultPort(node)): Outcome =>
      record(node, around, { port, output }, null, 1);
    if (node.disabled) return done(null);
    const excuse = oracle.excuse(node.id, around.scope);
    if (excuse !== null) {
      if (!node.params.poison) excused += 1;
      return failed(node, around, { code: excuse, item: null }, null);
    }
    const taken = oracle.taken(node.id, around.scope);
    if (taken) {
      if ('failure' in taken) return failed(node, around, { code: taken.failure, item: null }, null);
      return record(node, around, { port: taken.port, output: taken.output }, null, null);
    }
    if (node.type === 'flow.for-each') return runForEach(node, around, outputs);
    if (node.type === 'flow.while') return runWhile(node, around, outputs);
    const params = resolve(node.params as JsonObject, around, outputs); // z.json() infers mutable arrays
    if (!isJsonObject(params)) throw new RangeError('params are an object');
    switch (node.type) {
      case 'trigger.manual':
      case 'trigger.webhook':
        return done(input);
      case 'data.set':
        return done(params.values ?? null);
      case 'data.transform':
        return done(params.expression ?? null);
      case 'flow.filter':
        return params.condition ? done({ passed: true }) : done({ passed: false }, null);
      case 'flow.if': {
        const branch = params.condition ? 'true' : 'false';
        return done({ branch }, branch);
      }
      case 'flow.switch': {
        const cases = Array.isArray(params.cases) ? params.cases : [];
        const name = cases.filter(isJsonObject).find((one) => one.when)?.name;
        const branch = typeof name === 'string' ? name : 'default';
        return done({ branch }, branch);
      }
      case 'flow.merge':
        return done(joined.races ? anyValue : Object.fromEntries(joined.arrived.map((id) => [id, outputs.get(id) ?? null])));
      case 'flow.respond':
        response = params.body ?? null;
        return done(response);
      case 'flow.fail':
        return failed(node, around, { code: String(params.code), item: null }, 1);
      case 'flow.wait':
      case 'flow.callback':
      case 'flow.approval':
      case 'flow.call': {
        const verdict = oracle.verdict(node.id, around.scope);
        if (verdict === null) return null;
        if ('failure' in verdict) return failed(node, around, { code: verdict.failure, item: null }, null);
        return record(node, around, { port: verdict.port, output: verdict.output }, null, null);
      }
      case 'sim.effect':
        return runEffect(node, around, params);
      case 'http.request':
        return runRequest(node, around, isJsonObject(params.body) ? params.body : {});
      default:
        throw new RangeError(`The reference does not know ${node.type}`);
    }
  }

  function runEffect(node: DefinitionNode, around: Around, params: EffectParams): Outcome {
    if (params.poison)
      return failed(node, around, { code: node.delivery === 'at-most-once' ? 'INTERRUPTED' : 'CRASHED', item: null }, null);
    const most = node.delivery === 'at-most-once' ? 1 : (node.retry?.maxAttempts ?? 1);
    if ((params.ms ?? 0) >= (node.timeoutMs ?? 60_000)) return failed(node, around, { code: 'TIMEOUT', item: null }, most);
    if (params.final && oracle.generation(node.id, around.scope) < (params.mended ?? Number.POSITIVE_INFINITY)) {
      return failed(node, around, { code: 'SIM_FINAL', item: null }, 1);
    }
    const fails = params.fail ?? 0;
    if (fails >= most) return failed(node, around, { code: 'SIM_AGAIN', item: null }, most);
    return record(node, around, { port: defaultPort(node), output: effectOutput(node.id, params) }, null, fails + 1);
  }

  /**
   * The same effect asked of an outside by HTTP, as the chaos test does: its params are the body, its output the answer's body. How many
   * attempts it takes is not told, because the outside counts requests, those of workers that died included.
   */
  function runRequest(node: DefinitionNode, around: Around, params: EffectParams): Outcome {
    const most = node.delivery === 'at-most-once' ? 1 : (node.retry?.maxAttempts ?? 1);
    if (params.final || (params.fail ?? 0) >= most) return failed(node, around, { code: 'HTTP_STATUS', item: null }, null);
    return record(node, around, { port: defaultPort(node), output: effectOutput(node.id, params) }, null, null);
  }

  function inside(
    node: DefinitionNode,
    around: Around,
    index: number,
    more: { caught: boolean; item: Item; outputs: ReadonlyMap<string, JsonValue> },
  ): Around {
    const scope = `${around.scope === '' ? '' : `${around.scope}:`}${node.id}[${index}]`;
    return {
      scope,
      outer: new Map([...around.outer, ...more.outputs]),
      item: more.item,
      caught: more.caught,
      optional: around.optional,
    };
  }

  const catching = (node: DefinitionNode): boolean =>
    node.params.onItemError === 'collect' ||
    node.onError === 'continue' ||
    definition.edges.some((edge) => edge.from === node.id && edge.output === 'error');

  function runForEach(node: DefinitionNode, around: Around, outputs: ReadonlyMap<string, JsonValue>): Outcome | null {
    const list = resolve((node.params.items ?? []) as JsonValue, around, outputs); // as above
    if (!Array.isArray(list)) return failed(node, around, { code: 'PARAMS_INVALID', item: null }, null);
    const items = list as readonly JsonValue[]; // checked above
    const caught = catching(node) || around.caught;
    const collect = node.params.onItemError === 'collect';
    const results: JsonValue[] = [];
    const errors: JsonValue[] = [];
    const faults: Fault[] = [];
    let blocked = false;
    const marks = new Set(steps.keys());
    for (const [index, item] of items.entries()) {
      const result = runScope(node.id, inside(node, around, index, { caught, item: { item, index }, outputs }));
      blocked ||= result.blocked;
      results.push(result.fault ? null : result.value);
      if (!result.fault) continue;
      faults.push({ code: result.fault.code, item: index });
      errors.push({
        index,
        nodeId: result.faultNode === '*' ? anyValue : result.faultNode,
        code: result.fault.code === '*' ? anyValue : result.fault.code,
        message: anyValue,
      });
    }
    if (blocked && (collect || faults.length === 0)) return null;
    if (collect || faults.length === 0)
      return record(node, around, { port: defaultPort(node), output: { items: results, errors } }, null, null);
    loosen(marks, (step) => step.scope.startsWith(`${around.scope === '' ? '' : `${around.scope}:`}${node.id}[`));
    const [first] = faults;
    return failed(node, around, { code: faults.length === 1 && first ? first.code : '*', item: null }, null);
  }

  function loosen(before: ReadonlySet<string>, within: (step: ExpectedStep) => boolean): void {
    for (const [key, step] of steps) if (!before.has(key) && within(step)) steps.set(key, { ...step, optional: true });
  }

  function runWhile(node: DefinitionNode, around: Around, outputs: ReadonlyMap<string, JsonValue>): Outcome | null {
    const caught = catching(node) || around.caught;
    const most = Number(node.params.maxIterations ?? 1_000);
    let last: JsonValue = null;
    for (let index = 0; ; index += 1) {
      const holds = resolve(node.params.condition as JsonValue, around, outputs, { ...around.item, index });
      if (!holds) return record(node, around, { port: defaultPort(node), output: { iterations: index, last } }, null, null);
      if (index >= most) return failed(node, around, { code: 'ITERATION_LIMIT', item: null }, null);
      const item = 'item' in around.item ? around.item : { index };
      const result = runScope(node.id, inside(node, around, index, { caught, item, outputs }));
      if (result.blocked) return null;
      if (result.fault) return failed(node, around, result.fault, null);
      last = result.value;
    }
  }

  const root = runScope('', { scope: '', outer: new Map(), item: {}, caught: false, optional: false });
  return { steps, fatal, output: response === undefined ? root.value : response, excused };
}

function defaultPort(node: DefinitionNode): string {
  if (node.type === 'flow.if') return 'true';
  if (node.type === 'flow.approval') return 'approved';
  if (node.type === 'flow.switch') return 'a';
  return 'main';
}

/** Every node after the ones that lead to it. */
function inOrder(definition: Definition, nodes: readonly DefinitionNode[]): readonly DefinitionNode[] {
  const order: DefinitionNode[] = [];
  const seen = new Set<string>();
  const visit = (node: DefinitionNode): void => {
    if (seen.has(node.id)) return;
    seen.add(node.id);
    for (const edge of definition.edges) {
      const from = edge.to === node.id ? nodes.find(({ id }) => id === edge.from) : undefined;
      if (from) visit(from);
    }
    order.push(node);
  };
  nodes.forEach(visit);
  return order;
}

/** Equality in which `anyValue` on the left, wherever it stands, equals everything. */
export function fits(expected: JsonValue, actual: JsonValue): boolean {
  if (typeof expected === 'string' && expected.includes(anyValue)) return true;
  if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null)
    return expected === actual;
  if (Array.isArray(expected) || Array.isArray(actual)) {
    if (!Array.isArray(expected) || !Array.isArray(actual) || expected.length !== actual.length) return false;
    return expected.every((one: JsonValue, index) => fits(one, (actual as readonly JsonValue[])[index] ?? null));
  }
  const left = expected as JsonObject; // neither null nor a list
  const right = actual as JsonObject;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length && keys.every((key) => key in right && fits(left[key] ?? null, right[key] ?? null))
  );
}
