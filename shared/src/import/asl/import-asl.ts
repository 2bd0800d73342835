/** A state machine in the Amazon States Language as a definition of ours. Pure; the tree comes bounded in size and depth. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { FlowBuilder } from '../flow-builder.ts';
import { stepOutput } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { paramOf, textOf, textValue, type Value } from '../value.ts';
import { type AslContext, connect, type Entry, type Mapped, type Scope, scopeOf, type Way, walkScope } from './asl-flow.ts';
import { isJsonata, jsonataValue } from './asl-jsonata.ts';
import { backEdges, type Loop, loopOf, withoutEdge } from './asl-loops.ts';
import { payloadValue, textField } from './asl-path.ts';
import {
  endScope,
  goOn,
  ioOf,
  itemsOf,
  mapCatch,
  mapChoice,
  mapFail,
  mapPass,
  mapSucceed,
  mapTask,
  mapWait,
  outputOf,
  type StateIo,
} from './asl-states.ts';
import { mapLoop } from './map-loop.ts';

const deepest = 12;

export function importAsl(machine: JsonObject, build: FlowBuilder): JsonObject {
  const trigger = build.add({ name: 'start', type: 'trigger.manual', helper: true });
  const jsonata = textField(machine, 'QueryLanguage') === 'JSONata';
  const context: AslContext = { build, jsonata, parent: undefined, inMap: false, root: true, depth: 0 };
  const start: Way = { from: trigger, input: textValue('input'), vars: new Map() };
  const ends = walk(context, scopeOf(machine), [start]);
  endScope(context, ends, 'result');
  const seconds = machine.TimeoutSeconds;
  return {
    name: textField(machine, 'Comment')?.split('\n')[0] ?? 'State machine',
    settings: typeof seconds === 'number' && seconds > 0 ? { timeoutMs: Math.round(seconds * 1_000) } : {},
  };
}

function walk(context: AslContext, scope: Scope, start: readonly Way[]): readonly Way[] {
  if (context.depth > deepest) throw new Unmappable('It is nested too deeply.');
  const { scope: plain, loops } = withoutLoops(context, scope);
  return walkScope(context, plain, start, (inner, name, state, entry) => {
    const loop = loops.get(name);
    if (loop === undefined) return mapState(inner, name, state, entry);
    return guarded(inner, name, state, entry, () => mapLoop(inner, { scope, loop, entry, mapState }));
  });
}

/** Each loop shrinks to its head, which then leads where the loop leads. */
function withoutLoops(context: AslContext, scope: Scope): { readonly scope: Scope; readonly loops: ReadonlyMap<string, Loop> } {
  const loops = new Map<string, Loop>();
  let rest = scope;
  const edges = backEdges(scope);
  for (const edge of edges) {
    if (loops.has(edge.to)) continue;
    context.build.spend(4 * scope.states.size);
    const loop = loopOf(scope, edge, edges);
    if (loop === null) {
      rest = withoutEdge(rest, edge);
      context.build.warn(
        `The way back from ${edge.from} to ${edge.to} is left out: it is no loop with one way in and one Choice out, which flow.while needs.`,
      );
      continue;
    }
    loops.set(loop.head, loop);
    const outside = exitsOf(scope, loop);
    const head: JsonObject = { Type: 'Loop', Choices: outside.map((Next) => ({ Next })) };
    const states = [...rest.states].filter(([name]) => !loop.members.has(name));
    rest = { startAt: rest.startAt, states: new Map([...states, [loop.head, head]]) };
  }
  return { scope: rest, loops };
}

function exitsOf({ states }: Scope, { exit, members }: Loop): readonly string[] {
  const { Choices, Default } = states.get(exit) ?? {};
  const names = [...(Array.isArray(Choices) ? Choices : []).map((one) => (isJsonObject(one) ? one.Next : null)), Default];
  return [...new Set(names.filter((name): name is string => typeof name === 'string' && !members.has(name)))];
}

function mapState(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  return guarded(context, name, state, entry, () => {
    switch (state.Type) {
      case 'Pass':
        return mapPass(context, name, state, entry);
      case 'Task':
        return mapTask(context, name, state, entry);
      case 'Choice':
        return mapChoice(context, name, state, entry);
      case 'Wait':
        return mapWait(context, name, state, entry);
      case 'Succeed':
        return mapSucceed(context, name, state, entry);
      case 'Fail':
        return mapFail(context, name, state, entry);
      case 'Parallel':
        return mapParallel(context, name, state, entry);
      case 'Map':
        return mapMap(context, name, state, entry);
      default:
        throw new Unmappable(`There is no state type ${String(state.Type).slice(0, 50)}.`);
    }
  });
}

/** What has no like is kept as a placeholder, and the flow goes on behind it. */
function guarded(context: AslContext, name: string, state: JsonObject, entry: Entry, work: () => Mapped): Mapped {
  try {
    const mapped = context.build.attempt(work);
    for (const text of expressionsIn(state)) context.build.expression(name, text, null);
    return mapped;
  } catch (error) {
    if (!(error instanceof Unmappable)) throw error;
    const reason = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`;
    if (state.Type === 'Choice' || !/^It (?:calls|invokes|waits)/.test(reason))
      context.build.expression(name, JSON.stringify(state), reason);
    const id = context.build.placeholder(name, reason, state, { parent: context.parent });
    connect(context, entry, id);
    const way = { from: id, input: textValue(stepOutput(id)), vars: entry.vars };
    const nexts = [
      state.Default,
      ...(Array.isArray(state.Choices) ? state.Choices.map((one) => (isJsonObject(one) ? one.Next : null)) : []),
    ];
    const [to] = nexts.filter((next): next is string => typeof next === 'string');
    if (to === undefined) return goOn(state, way);
    context.build.warn(`Behind the placeholder ${id} only the way to ${to} is kept; connect the others by hand.`);
    return { leaving: [{ ...way, to }], ends: [] };
  }
}

/** Paths, functions and JSONata of a state itself; its branches and items count for themselves. */
function expressionsIn(value: JsonValue, key = ''): readonly string[] {
  if (typeof value === 'string')
    return key.endsWith('.$') || isJsonata(value) || (/Path$|^Variable$/.test(key) && value !== '$') ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one) => expressionsIn(one, key));
  if (!isJsonObject(value)) return [];
  const own = Object.entries(value).filter(([name]) => !['Branches', 'ItemProcessor', 'Iterator'].includes(name));
  return own.flatMap(([name, one]) => expressionsIn(one, name));
}

function mapParallel(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const { build, parent } = context;
  const io = ioOf(context, name, state, entry);
  const fork = build.holder(name, textOf(io.args), parent);
  build.report(name, fork.id, 'mapped');
  connect(context, entry, fork.id);
  const branches = (Array.isArray(state.Branches) ? state.Branches : []).filter(isJsonObject);
  const join = build.add({ name: `${name} join`, type: 'flow.merge', params: { mode: 'all' }, parent, helper: true });
  const items = branches.map((branch, index): Value => {
    const inner = { ...context, root: false, depth: context.depth + 1 };
    const ends = walk(inner, scopeOf(branch), [{ from: fork.id, input: textValue(fork.text), vars: entry.vars }]);
    const end = endScope(inner, ends, `${name} branch ${index + 1}`);
    if (end !== null) build.edge(end.id, join);
    return textValue(end?.text ?? 'null');
  });
  if (state.Catch !== undefined)
    build.report(name, fork.id, 'partly', 'Its Catch is left out: errors are caught at single steps and at loops here.');
  if (state.Retry !== undefined) build.report(name, fork.id, 'partly', 'Its Retry is left out: single steps are retried here.');
  const { input, vars } = outputOf(state, io, entry, { kind: 'list', items });
  return goOn(state, { from: join, input, vars });
}

function mapMap(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const { build, parent } = context;
  const io = ioOf(context, name, { ...state, Parameters: undefined, Arguments: undefined } as unknown as JsonObject, entry); // both absent
  const processor = isJsonObject(state.ItemProcessor) ? state.ItemProcessor : isJsonObject(state.Iterator) ? state.Iterator : {};
  const tolerated = Number(state.ToleratedFailurePercentage ?? state.ToleratedFailureCount ?? 0) > 0;
  const wide = typeof state.MaxConcurrency === 'number' && state.MaxConcurrency > 0 ? Math.min(300, state.MaxConcurrency) : 40;
  const params = { items: paramOf(itemsOf(state, io)), concurrency: wide, ...(tolerated ? { onItemError: 'collect' } : {}) };
  const id = build.add({ name, type: 'flow.for-each', params, parent });
  connect(context, entry, id);
  mapBody(context, name, state, { id, processor, io, vars: entry.vars });
  if (
    state.ItemReader !== undefined ||
    state.ResultWriter !== undefined ||
    state.ItemBatcher !== undefined ||
    isDistributed(processor)
  ) {
    build.report(
      name,
      id,
      'partly',
      'A distributed map reads, batches or writes its items itself; here it goes through the list that it is given.',
    );
  }
  const { input, vars } = outputOf(state, io, entry, textValue(`steps.${id}.output.items`));
  return goOn(state, { from: id, input, vars }, mapCatch(context, name, state, { entry, id, io }));
}

const isDistributed = ({ ProcessorConfig }: JsonObject): boolean =>
  isJsonObject(ProcessorConfig) && ProcessorConfig.Mode === 'DISTRIBUTED';

type Body = { readonly id: string; readonly processor: JsonObject; readonly io: StateIo; readonly vars: Way['vars'] };

function mapBody(context: AslContext, name: string, state: JsonObject, { id, processor, io, vars }: Body): void {
  const selector = state.ItemSelector ?? state.Parameters;
  const scope = { ...io.scope, inMap: true };
  const input =
    selector === undefined ? textValue('item') : io.jsonata ? jsonataValue(selector, scope) : payloadValue(selector, scope);
  const inner = { ...context, parent: id, inMap: true, root: false, depth: context.depth + 1 };
  const first = context.build.holder(`${name} item`, textOf(input), id);
  const ends = walk(inner, scopeOf(processor), [{ from: first.id, input: textValue(first.text), vars }]);
  endScope(inner, ends, `${name} result`);
}
