/**
 * A workflow of n8n as a definition of ours. n8n hands lists of items from node to node and runs each node once per item; here a node runs
 * once and `$json` is what the node before gave. Loop nodes (Split In Batches, Split Out) become flow.for-each around what follows them. Pure;
 * the tree comes bounded in size and depth.
 */
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { FlowBuilder } from '../flow-builder.ts';
import { stepOutput, template } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { isSame, literalValue, pathOf, textOf, textValue, type Value } from '../value.ts';
import type { N8nScope } from './n8n-expression.ts';
import { type N8nEdge, type N8nGraph, type N8nNode, readGraph, textAt } from './n8n-graph.ts';
import { isLoopNode, type Region, regionsOf } from './n8n-loops.ts';
import type { Mapping } from './n8n-mapping.ts';
import { casesOf, mapNode } from './n8n-nodes.ts';
import { orderOf } from './n8n-order.ts';
import { isTrigger, settingsOf, trigger } from './n8n-triggers.ts';

type Done = { readonly id: string; readonly out: Value; readonly many: boolean; readonly isPlaceholder?: boolean };

type Context = {
  readonly build: FlowBuilder;
  readonly graph: N8nGraph;
  readonly regions: ReadonlyMap<string, Region>;
  /** Which loop a node is in. */
  readonly parentOf: ReadonlyMap<string, string>;
  readonly done: Map<string, Done>;
  readonly workflowName: string;
  readonly timeZone: string | undefined;
  readonly left: ReadonlySet<N8nEdge>;
  /** Ports of the switches that were asked for theirs. */
  readonly ports: Map<string, readonly string[]>;
};

export function importN8n(tree: JsonObject, build: FlowBuilder): JsonObject {
  const graph = readGraph(tree);
  const settings = settingsOf(tree);
  const workflowName = typeof tree.name === 'string' ? tree.name : '';
  for (const name of graph.repeated) {
    build.report(name, null, 'unmapped', 'Another node has the same name, and connections go by names: only the last is here.');
  }
  const regions = regionsOf(graph, build);
  const parentOf = new Map([...regions].flatMap(([head, { body }]) => [...body].map((name) => [name, head] as const)));
  const { order, back } = orderOf(graph, regions);
  const zone = settings.timezone;
  const timeZone = typeof zone === 'string' && zone !== '' && zone !== 'DEFAULT' ? zone : undefined;
  const context: Context = {
    build,
    graph,
    regions,
    parentOf,
    done: new Map(),
    workflowName,
    timeZone,
    left: new Set(back),
    ports: new Map(),
  };
  for (const name of order) {
    const node = graph.nodes.get(name);
    if (node !== undefined) addNode(context, node);
  }
  for (const { from, to } of back) {
    const reason = `Its way back to ${to} is left out: loops are flow.while or flow.for-each here.`;
    build.report(from, context.done.get(from)?.id ?? null, 'partly', reason);
  }
  for (const name of regions.keys()) endBody(context, name);
  startByHand(context);
  return { name: workflowName, settings: ourSettings(tree, settings, build) };
}

/** Taken over, or without a meaning here: every execution is recorded, in one order. */
const knownSettings = new Set([
  ...['errorWorkflow', 'executionTimeout', 'timezone', 'executionOrder', 'saveManualExecutions', 'saveExecutionProgress'],
  ...['saveDataErrorExecution', 'saveDataSuccessExecution'],
]);

function ourSettings(tree: JsonObject, settings: JsonObject, build: FlowBuilder): JsonObject {
  const { errorWorkflow, executionTimeout } = settings;
  if (tree.active === true) build.warn('It is active in n8n. Here it is not yet: switch it off there before it goes live here.');
  const without = Object.keys(settings).filter((key) => !knownSettings.has(key));
  if (without.length > 0) build.warn(`These settings have no like here: ${without.slice(0, 20).join(', ').slice(0, 500)}.`);
  const seconds = typeof executionTimeout === 'number' && executionTimeout > 0 ? { timeoutMs: executionTimeout * 1_000 } : {};
  if (typeof errorWorkflow === 'string' && errorWorkflow !== '') {
    build.warn(
      `Its error workflow ${errorWorkflow.slice(0, 100)} is not set: import it, then name it in settings.errorWorkflow.`,
    );
  }
  return seconds;
}

/** What each item came to, as n8n sees it: one step at the end of the body says so. */
function endBody({ build, done }: Context, name: string): void {
  const loop = done.get(name);
  if (loop === undefined) return;
  const byId = new Map([...done.values()].map((one) => [one.id, one]));
  const ends = build.sinksOf(loop.id).flatMap(({ id }) => byId.get(id) ?? []);
  const texts = [...new Set(ends.map(({ out }) => textOf(out)))];
  const [only] = ends;
  if (only === undefined || (ends.length === 1 && texts[0] === stepOutput(only.id))) return;
  const { id } = build.holder(
    `${name} result`,
    texts.length === 1 ? (texts[0] ?? 'null') : `(${texts.toReversed().join(' ?? ')})`,
    loop.id,
  );
  for (const end of ends) build.edge(end.id, id);
}

/** Without any trigger, what nothing leads to is started by hand. */
function startByHand({ build, graph, done, parentOf }: Context): void {
  const names = [...graph.nodes.values()];
  if (names.some((node) => isTrigger(node)) || names.length === 0) return;
  const id = build.add({ name: 'start', type: 'trigger.manual', helper: true });
  for (const { name } of names) {
    const at = done.get(name);
    if (at !== undefined && graph.into(name).length === 0 && !parentOf.has(name)) build.edge(id, at.id);
  }
}

function addNode(context: Context, node: N8nNode): void {
  const { build, graph, done, left, parentOf, regions } = context;
  const incoming = graph
    .into(node.name)
    .filter((edge) => !left.has(edge) && done.has(edge.from) && edge.to !== parentOf.get(edge.from));
  const inputs = inputsOf(context, node, incoming);
  const json = meet(inputs);
  const scope = scopeOf(context, node, json);
  const parent = done.get(parentOf.get(node.name) ?? '')?.id;
  const position = positionOf(node);
  const id =
    isLoopNode(node) && regions.has(node.name)
      ? loop(context, node, json)
      : single(context, node, { scope, inputs, parent, position });
  for (const edge of incoming) connect(context, edge, id);
  if (incoming.length > 1 && node.type !== 'merge' && id !== '') {
    build.warn(`${node.name}: n8n runs it once for each way that leads to it; here once, when all ways are decided.`);
  }
}

function positionOf({ raw }: N8nNode): { readonly x: number; readonly y: number } | undefined {
  const [x, y] = Array.isArray(raw.position) ? raw.position : [];
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : undefined;
}

function inputsOf({ done, parentOf, regions }: Context, node: N8nNode, incoming: readonly N8nEdge[]): readonly Value[] {
  const head = parentOf.get(node.name);
  const first = head !== undefined && regions.get(head)?.first.has(node.name) === true ? [textValue('item')] : [];
  const sorted = incoming.toSorted((a, b) => a.input - b.input);
  const valueFrom = (from: string): Value | undefined => {
    const holder = parentOf.get(from);
    return done.get(holder !== undefined && holder !== head ? holder : from)?.out;
  };
  return [...first, ...sorted.filter(({ from }) => from !== head).flatMap(({ from }) => valueFrom(from) ?? [])];
}

/** The later node is asked first: where it did not run, it is null. */
function meet(inputs: readonly Value[]): Value {
  const [first, ...others] = inputs;
  if (first === undefined) return textValue('input');
  if (others.every((value) => isSame(value, first))) return first;
  return textValue(
    `(${[...new Set(inputs.toReversed().map(textOf))].sort((a, b) => Number(a === 'input') - Number(b === 'input')).join(' ?? ')})`,
  );
}

function scopeOf({ build, done, workflowName, parentOf }: Context, node: N8nNode, json: Value): N8nScope {
  return {
    json,
    workflowName,
    inLoop: parentOf.has(node.name),
    outputOf: (name) => (parentOf.get(node.name) === name ? textValue('item') : done.get(name)?.out),
    counted: (expression, reason) => build.expression(node.name, expression, reason),
  };
}

type Placed = {
  readonly scope: N8nScope;
  readonly inputs: readonly Value[];
  readonly parent: string | undefined;
  readonly position: ReturnType<typeof positionOf>;
};

function single(context: Context, node: N8nNode, { scope, inputs, parent, position }: Placed): string {
  const { build, done, parentOf } = context;
  if (isTrigger(node)) return addTrigger(context, node, position);
  let mapping: Mapping;
  try {
    mapping = mapNode(node, scope, inputs);
  } catch (error) {
    if (!(error instanceof Unmappable)) throw error;
    const reason = error.message.startsWith('n8n')
      ? error.message
      : `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`;
    const id = build.placeholder(node.name, reason, withoutSecrets(node), { parent, position });
    done.set(node.name, { id, out: textValue(stepOutput(id)), many: false, isPlaceholder: true });
    needCredentials(context, node, id);
    return id;
  }
  const id = build.add({ name: node.name, ...common(node), ...picked(mapping), parent, position });
  finish(context, node, { id, mapping });
  done.set(node.name, { id, out: mapping.out(id), many: mapping.manyItems === true });
  const lists = context.graph
    .into(node.name)
    .filter(({ from }) => done.get(from)?.many === true && parentOf.get(node.name) !== from);
  if (mapping.perItem === true && lists.length > 0) {
    build.warn(
      `${node.name}: n8n runs it once for each item of ${lists.map(({ from }) => from).join(', ')}; here it runs once, with all of them.`,
    );
  }
  return id;
}

function picked({ type, params, retry, timeoutMs }: Mapping) {
  return { type, params, retry, timeoutMs };
}

function common({ raw, type }: N8nNode) {
  const isTried = raw.retryOnFail === true;
  const tries = typeof raw.maxTries === 'number' ? Math.min(100, Math.max(1, raw.maxTries)) : 3;
  const pause = typeof raw.waitBetweenTries === 'number' ? Math.min(86_400_000, Math.max(0, raw.waitBetweenTries)) : 1_000;
  const goesOn = raw.continueOnFail === true || raw.onError === 'continueRegularOutput';
  return {
    ...(isTried
      ? { retry: { maxAttempts: tries, initialMs: pause, factor: 1, maxMs: Math.max(pause, 1), jitter: false, on: ['any'] } }
      : {}),
    ...(goesOn && type !== 'if' ? { onError: 'continue' as const } : {}),
    ...(raw.disabled === true ? { disabled: true } : {}),
    ...(typeof raw.notes === 'string' && raw.notes !== '' ? { notes: raw.notes.slice(0, 4_000) } : {}),
  };
}

function finish(context: Context, node: N8nNode, { id, mapping }: { readonly id: string; readonly mapping: Mapping }): void {
  const { build } = context;
  if (node.raw.retryOnFail === true) build.setRetry(id, common(node).retry ?? {});
  if (mapping.partly !== undefined) build.report(node.name, id, 'partly', mapping.partly);
  if (mapping.off === true) build.switchOff(id);
  needCredentials(context, node, id);
}

/** By name only: ids and contents of n8n's credentials mean nothing here. */
function needCredentials({ build }: Context, { raw }: N8nNode, id: string): void {
  if (!isJsonObject(raw.credentials)) return;
  for (const [kind, held] of Object.entries(raw.credentials)) {
    const name = (textAt(held, 'name') || kind).trim().slice(0, 200);
    if (name === '') continue;
    build.credential(name, kinds[kind] ?? kind.slice(0, 100), id);
    build.setCredential(id, name);
  }
}

const kinds: Readonly<Record<string, string>> = {
  httpHeaderAuth: 'http-header',
  httpBasicAuth: 'http-basic',
  httpBearerAuth: 'http-bearer',
};

function withoutSecrets({ raw }: N8nNode): JsonObject {
  const { credentials: _, webhookId: _id, ...rest } = raw;
  return rest;
}

function addTrigger({ build, done, timeZone, graph }: Context, node: N8nNode, position: ReturnType<typeof positionOf>): string {
  const { unmapped, ...mapping } = trigger(node, timeZone);
  const id = build.add({ name: node.name, ...common(node), ...picked(mapping), position });
  if (unmapped !== undefined) build.report(node.name, id, 'unmapped', unmapped);
  if (mapping.partly !== undefined) build.report(node.name, id, 'partly', mapping.partly);
  if (mapping.off === true) build.switchOff(id);
  needCredentials({ build, done, graph } as Context, node, id);
  done.set(node.name, { id, out: mapping.out(id), many: false });
  return id;
}

/** flow.for-each around the body; behind it is the list of what each item came to. */
function loop(context: Context, node: N8nNode, json: Value): string {
  const { build, done, regions } = context;
  const field = regions.get(node.name)?.field ?? '';
  const source = textOf(field === '' ? json : pathOf(json, field.split('.')));
  const params = { items: template(`[${source}].flat().filter((one) => one !== null)`), concurrency: 1 };
  const parent = done.get(context.parentOf.get(node.name) ?? '')?.id;
  const id = build.add({ name: node.name, type: 'flow.for-each', params, parent, position: positionOf(node) });
  done.set(node.name, { id, out: textValue(`steps.${id}.output.items`), many: true });
  const size = node.params.batchSize;
  if (typeof size === 'number' && size > 1)
    build.report(node.name, id, 'partly', `n8n hands ${size} items at a time to its loop; here each by itself.`);
  return id;
}

function connect(context: Context, edge: N8nEdge, id: string): void {
  const { build, done, graph, parentOf, regions } = context;
  const from = done.get(edge.from);
  const source = graph.nodes.get(edge.from);
  if (from === undefined || source === undefined) return;
  if (parentOf.get(edge.to) === edge.from) return; // into the body: by its parent
  const holder = parentOf.get(edge.from);
  if (holder !== undefined && holder !== parentOf.get(edge.to)) {
    const loopId = done.get(holder)?.id;
    if (loopId !== undefined && holder !== edge.to && regions.has(holder)) build.edge(loopId, id); // out of the body: from the loop
    return;
  }
  const port = portOf(context, source, edge.output);
  if (port === null)
    build.warn(`The way from output ${edge.output} of ${edge.from} to ${edge.to} is left out: there is no such output here.`);
  else build.edge(from.id, id, port);
}

/** undefined: the default port; null: there is none. */
function portOf(context: Context, node: N8nNode, output: number): string | undefined | null {
  if (context.done.get(node.name)?.isPlaceholder === true) return output === 0 ? undefined : null;
  const errorAt = node.raw.onError === 'continueErrorOutput';
  switch (node.type) {
    case 'if':
      return ['true', 'false'][output] ?? null;
    case 'switch': {
      const names = switchPorts(context, node);
      return names[output] ?? (output === names.length ? 'default' : null);
    }
    default:
      if (isLoopNode(node)) return undefined;
      return output === 0 ? undefined : errorAt && output === 1 ? 'error' : null;
  }
}

function switchPorts(context: Context, node: N8nNode): readonly string[] {
  const known = context.ports.get(node.name);
  if (known !== undefined) return known;
  const ports = readPorts(context, node);
  context.ports.set(node.name, ports);
  return ports;
}

function readPorts(context: Context, node: N8nNode): readonly string[] {
  try {
    return casesOf(node, { ...scopeOf(context, node, literalValue(null)), counted: () => undefined }).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Unmappable) return []; // a placeholder has one way out
    throw error;
  }
}
