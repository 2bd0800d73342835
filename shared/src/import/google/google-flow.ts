/**
 * The flow through the steps of a workflow: steps follow each other, jumps go forward to a named step, and a variable is where it was last
 * assigned. Where ways meet, a variable that differs is the one of the way that ran.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { FlowBuilder } from '../flow-builder.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { isSame, textOf, textValue, type Value } from '../value.ts';
import { isExpression, type Vars } from './google-expression.ts';

export type GoogleWay = { readonly from: string; readonly port?: string | undefined; readonly vars: Vars };

export type Subworkflows = ReadonlyMap<string, JsonObject>;

export type GoogleContext = {
  readonly build: FlowBuilder;
  readonly parent: string | undefined;
  readonly subs: Subworkflows;
  /** Subworkflows around this one. */
  readonly callers: readonly string[];
  /** Before the names of steps of a subworkflow. */
  readonly prefix: string;
  /** Ways that jump to steps further on, and names of steps that are done. */
  readonly jumps: Map<string, GoogleWay[]>;
  readonly done: Set<string>;
  /** Ways that return, with what. */
  readonly returns: (way: GoogleWay, value: Value) => void;
  /** Inside a try: where failures go, and the retry policy of its calls. */
  readonly attempt: { readonly caught: ((way: GoogleWay, error: Value) => void) | null; readonly retry: JsonObject | null };
  readonly depth: number;
  /** Maps steps one after the other; answers the ways that go on behind the last. */
  readonly walk: (context: GoogleContext, steps: readonly Step[], start: readonly GoogleWay[]) => readonly GoogleWay[];
};

export type Step = { readonly name: string; readonly body: JsonObject };

export function meetWays(build: FlowBuilder, ways: readonly GoogleWay[]): Vars {
  const [first, ...others] = ways;
  if (first === undefined) return new Map();
  build.spend(first.vars.size);
  if (others.length === 0) return first.vars;
  build.spend(ways.reduce((sum, { vars }) => sum + vars.size, 0));
  const names = new Set(ways.flatMap(({ vars }) => [...vars.keys()]));
  return new Map(
    [...names].map(
      (name) =>
        [
          name,
          meetVariable(
            build,
            ways.flatMap(({ vars }) => vars.get(name) ?? []),
          ),
        ] as const,
    ),
  );
}

/** The step that comes later in the flow is asked first: where it did not run, it is null. */
function meetVariable(build: FlowBuilder, values: readonly Value[]): Value {
  const [first, ...others] = values;
  if (first === undefined) return textValue('null');
  if (others.every((value) => isSame(value, first))) return first;
  const order = [...build.ids()];
  const texts = [...new Set(values.map(textOf))];
  const rank = (text: string): number =>
    Math.max(-1, ...[...text.matchAll(/steps\.(\w+)/g)].map((match) => order.indexOf(match[1] ?? '')));
  return textValue(`(${texts.toSorted((a, b) => rank(b) - rank(a)).join(' ?? ')})`);
}

export function connectWays({ build }: GoogleContext, ways: readonly GoogleWay[], id: string): void {
  for (const { from, port } of ways) build.edge(from, id, port);
}

export const withVar = (vars: Vars, name: string, value: Value): Vars => new Map([...vars, [name, value]]);

export const isText = (value: JsonValue | undefined): value is string => typeof value === 'string' && value !== '';

/** A list of single-key maps; anything else is left out by the caller's own check. */
export function stepsOf(value: JsonValue | undefined): readonly Step[] {
  if (!Array.isArray(value)) throw new Unmappable('steps is no list of named steps');
  return value
    .flatMap((one) => (isJsonObject(one) ? Object.entries(one) : []))
    .map(([name, body]) => ({ name, body: isJsonObject(body) ? body : {} }));
}

/** Counts the expressions of a step that was mapped. */
export function counted({ build }: Pick<GoogleContext, 'build'>, { name }: Pick<Step, 'name'>, value: JsonValue): void {
  if (isExpression(value)) build.expression(name, value, null);
  else if (Array.isArray(value)) for (const one of value) counted({ build }, { name }, one);
  else if (isJsonObject(value)) for (const one of Object.values(value)) counted({ build }, { name }, one);
}
