/**
 * Walks the states of one scope (the machine, a branch, an item processor) in an order in which each comes after those that lead to it, and
 * keeps for every state where its input is found. Loops are cut out first (asl-loops.ts).
 *
 * Where ways with different inputs meet, each way that has no step of its own for its input gets one, so that the input is the one that ran.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { FlowBuilder } from '../flow-builder.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { isSame, textOf, textValue, type Value } from '../value.ts';

/** A way that leads to a state: from which port, and what the state sees when it is taken. */
export type Way = {
  readonly from: string;
  readonly port?: string | undefined;
  readonly input: Value;
  readonly vars: ReadonlyMap<string, Value>;
};

export type Leaving = Way & { readonly to: string };

export type AslContext = {
  readonly build: FlowBuilder;
  readonly jsonata: boolean;
  readonly parent: string | undefined;
  readonly inMap: boolean;
  readonly root: boolean;
  readonly depth: number;
};

/** What one state becomes: the ways that leave it, and its output where it ends the scope. */
export type Mapped = { readonly leaving: readonly Leaving[]; readonly ends: readonly Way[] };

export type MapState = (context: AslContext, name: string, state: JsonObject, entry: Entry) => Mapped;

/** One input for all ways that lead here. */
export type Entry = { readonly ways: readonly Way[]; readonly input: Value; readonly vars: ReadonlyMap<string, Value> };

export type Scope = { readonly states: ReadonlyMap<string, JsonObject>; readonly startAt: string };

export function scopeOf(machine: JsonObject): Scope {
  const { States: states, StartAt: startAt } = machine;
  if (!isJsonObject(states) || typeof startAt !== 'string') throw new Unmappable('StartAt or States is missing');
  const found = Object.entries(states).filter((pair): pair is [string, JsonObject] => isJsonObject(pair[1]));
  return { states: new Map(found), startAt };
}

export function walkScope(
  context: AslContext,
  { states, startAt }: Scope,
  start: readonly Way[],
  mapState: MapState,
): readonly Way[] {
  const arriving = new Map<string, Way[]>([[startAt, [...start]]]);
  const ends: Way[] = [];
  for (const name of inOrder(states, startAt)) {
    const state = states.get(name);
    const ways = arriving.get(name) ?? [];
    if (state === undefined || ways.length === 0) continue;
    const { leaving, ends: own } = mapState(context, name, state, meet(context, name, ways));
    ends.push(...own);
    for (const { to, ...way } of leaving) {
      const known = arriving.get(to);
      if (known === undefined) arriving.set(to, [way]);
      else known.push(way);
    }
  }
  return ends;
}

export function meet(context: AslContext, name: string, ways: readonly Way[]): Entry {
  const [first, ...others] = ways;
  context.build.spend(ways.reduce((sum, { vars }) => sum + 1 + vars.size, 0));
  if (first === undefined || others.every((way) => isSame(way.input, first.input) && sameVars(way.vars, first.vars))) {
    return { ways, input: first?.input ?? textValue('input'), vars: first?.vars ?? new Map() };
  }
  const held = ways.map((way) => hold(context, name, way));
  const input = held.toReversed().map(({ input }) => textOf(input));
  return { ways: held, input: textValue(`(${input.join(' ?? ')})`), vars: meetVars(held) };
}

/** A step of its own for the input of a way, unless the way comes from the step that computed it. */
function hold(context: AslContext, name: string, way: Way): Way {
  if (way.port === undefined && textOf(way.input) === `steps.${way.from}.output`) return way;
  const { id, text } = context.build.holder(`to ${name}`, textOf(way.input), context.parent);
  context.build.edge(way.from, id, way.port);
  return { from: id, input: textValue(text), vars: way.vars };
}

function sameVars(a: Way['vars'], b: Way['vars']): boolean {
  return a.size === b.size && [...a].every(([name, value]) => isSame(value, b.get(name) ?? textValue('null')));
}

function meetVars(ways: readonly Way[]): Way['vars'] {
  const names = new Set(ways.flatMap(({ vars }) => [...vars.keys()]));
  return new Map(
    [...names].map((name) => {
      const texts = [
        ...new Set(
          ways
            .toReversed()
            .flatMap(({ vars }) => vars.get(name) ?? [])
            .map(textOf),
        ),
      ];
      const [only = 'null'] = texts;
      return [name, textValue(texts.length === 1 ? only : `(${texts.join(' ?? ')})`)];
    }),
  );
}

export function connect(context: AslContext, entry: Entry, id: string): void {
  for (const { from, port } of entry.ways) context.build.edge(from, id, port);
}

export function nextStates(state: JsonObject): readonly string[] {
  const next: string[] = [];
  const add = (value: JsonValue | undefined): void => {
    if (typeof value === 'string') next.push(value);
  };
  add(state.Next);
  add(state.Default);
  for (const one of [state.Choices, state.Catch].flatMap((list) => (Array.isArray(list) ? list : [])))
    if (isJsonObject(one)) add(one.Next);
  return next;
}

/** Depth first, reversed: every state after all that lead to it, as there are no cycles left. */
function inOrder(states: Scope['states'], startAt: string): readonly string[] {
  const order: string[] = [];
  const seen = new Set([startAt]);
  const stack: { readonly name: string; readonly next: string[] }[] = [{ name: startAt, next: nextOf(states, startAt) }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const name = top.next.shift();
    if (name === undefined) {
      order.unshift(top.name);
      stack.pop();
    } else if (!seen.has(name) && states.has(name)) {
      seen.add(name);
      stack.push({ name, next: nextOf(states, name) });
    }
  }
  return order;
}

/** The last first, so that what is written first comes first. */
const nextOf = (states: Scope['states'], name: string): string[] => [...nextStates(states.get(name) ?? {})].reverse();
