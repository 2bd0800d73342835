/**
 * A loop of states as a flow.while. Each round begins with what the loop was entered with; behind its Choice the round ends, or goes on to
 * what comes before the next one (a wait, mostly). A loop whose rounds build on what the round before changed has no like here, and is
 * switched off.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { template } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { textOf, textValue, type Value } from '../value.ts';
import { conditionOf } from './asl-choice.ts';
import { type AslContext, connect, type Entry, type Mapped, type MapState, type Scope, type Way, walkScope } from './asl-flow.ts';
import type { Loop } from './asl-loops.ts';
import { textField } from './asl-path.ts';
import { ioOf, mapChoice } from './asl-states.ts';

const maxIterations = 10_000;

type Looping = { readonly scope: Scope; readonly loop: Loop; readonly entry: Entry; readonly mapState: MapState };

export function mapLoop(context: AslContext, { scope, loop, entry, mapState }: Looping): Mapped {
  const { build, parent } = context;
  const { head, exit, members } = loop;
  const choice = scope.states.get(exit) ?? {};
  const params = { condition: '{{ true }}', maxIterations };
  const id = build.add({ name: `${head} loop`, type: 'flow.while', params, parent, helper: true });
  connect(context, entry, id);
  const inner = { ...context, parent: id, root: false, depth: context.depth + 1 };
  const round = build.holder(`${head} round`, textOf(entry.input), id);
  const start: Way = { from: round.id, input: textValue(round.text), vars: entry.vars };
  const states = new Map(
    [...scope.states].filter(([name]) => members.has(name)).map(([name, state]) => [name, ended(state, head, name === exit)]),
  );
  const exits: Entry[] = [];
  const ends = walkScope(inner, { states, startAt: head }, [start], (one, name, state, at) => {
    if (name !== exit) return mapState(one, name, state, at);
    exits.push(at);
    return leaveRound(one, { name, choice, loop, entry: at });
  });
  const [seen] = exits;
  if (seen === undefined) throw new Unmappable('The Choice of the loop is not reached.');
  const decide = decision(context, { choice, exit, members, seen });
  build.setParams(id, { condition: template(`index === 0 || ${decide}`), maxIterations });
  const stateId = build.nodesIn(id).find(({ label }) => label === stateName(exit))?.id ?? '';
  const handedOn = [...ends.map(({ input }) => input), ...(staysAtOnce(choice, head) ? [seen.input] : [])];
  if (buildsOnItself(context, { loopId: id, stateId, round: round.text, decide, handedOn })) {
    const reason =
      'Its rounds build on what the round before changed; here each round begins with what the loop was entered with. Rewrite it with a loop over a list, or a script.';
    build.report(`${head} loop`, id, 'unmapped', reason);
    build.switchOff(id);
  }
  const last = `steps.${id}.output.last`;
  const input = textValue(build.sinksOf(id).length === 1 ? last : `${last}.${stateId}`);
  const outside = outsideOnly(choice, members);
  const only = textField(outside, 'Default');
  if (only !== undefined && Array.isArray(outside.Choices) && outside.Choices.length === 0) {
    return { leaving: [{ from: id, input, vars: entry.vars, to: only }], ends: [] };
  }
  const after = { ways: [{ from: id, input, vars: entry.vars }], input, vars: entry.vars };
  return mapChoice(context, `${exit} after`, outside, after);
}

const stateName = (exit: string): string => `${exit} state`;

/** The way back to the head is the end of the round. */
function ended(state: JsonObject, head: string, isExit: boolean): JsonObject {
  if (isExit || state.Next !== head) return state;
  const { Next: _, ...rest } = state;
  return { ...rest, End: true };
}

type Rule = { readonly to: string; readonly when: string };

function rulesOf(context: AslContext, name: string, choice: JsonObject, entry: Entry): readonly Rule[] {
  const scope = ioOf(context, name, choice, entry).scope;
  const rules = (Array.isArray(choice.Choices) ? choice.Choices : []).filter(isJsonObject);
  return rules.map((rule) => ({ to: textField(rule, 'Next') ?? '', when: conditionOf(rule, scope) }));
}

type Leaving = { readonly name: string; readonly choice: JsonObject; readonly loop: Loop; readonly entry: Entry };

/** Inside: what the loop leaves with is held, and the ways that stay in it are gone on with. */
function leaveRound(context: AslContext, { name, choice, loop: { head, members }, entry }: Leaving): Mapped {
  const { build, parent } = context;
  const state = build.holder(stateName(name), textOf(entry.input), parent);
  connect(context, entry, state.id);
  const rules = rulesOf(context, name, choice, entry);
  const targets = [...rules.map(({ to }) => to), textField(choice, 'Default') ?? ''];
  const stays = (to: string): boolean => members.has(to) && to !== head;
  if (!targets.some(stays)) return { leaving: [], ends: [] };
  const cases = rules.map(({ when }, index) => ({ name: `case${index + 1}`, when: template(when) }));
  const id = build.add({ name, type: 'flow.switch', params: { cases }, parent, helper: true });
  connect(context, entry, id);
  const { input, vars } = entry;
  const leaving = targets.flatMap((to, index) =>
    stays(to) ? [{ from: id, port: cases[index]?.name ?? 'default', to, input, vars }] : [],
  );
  return { leaving, ends: [] };
}

type Deciding = {
  readonly choice: JsonObject;
  readonly exit: string;
  readonly members: ReadonlySet<string>;
  readonly seen: Entry;
};

/** Whether another round follows: the Choice's own rules, in order. */
function decision(context: AslContext, { choice, exit, members, seen }: Deciding): string {
  const rules = rulesOf(context, exit, choice, seen);
  const otherwise = String(members.has(textField(choice, 'Default') ?? ''));
  return rules.reduceRight((rest, { to, when }) => `(${when} ? ${String(members.has(to))} : ${rest})`, otherwise);
}

function staysAtOnce({ Choices, Default }: JsonObject, head: string): boolean {
  return Default === head || (Array.isArray(Choices) && Choices.some((one) => isJsonObject(one) && one.Next === head));
}

type Rounds = {
  readonly loopId: string;
  readonly stateId: string;
  readonly round: string;
  readonly decide: string;
  readonly handedOn: readonly Value[];
};

function buildsOnItself({ build }: AslContext, { loopId, stateId, round, decide, handedOn }: Rounds): boolean {
  const changed = new Set(handedOn.flatMap((value) => changedFields(value, round)));
  if (changed.size === 0) return false;
  const texts: JsonValue[] = build
    .nodesIn(loopId)
    .flatMap(({ id, params }) => (id === stateId || params === undefined ? [] : [params]));
  const read = fieldsRead(JSON.stringify([...texts, decide]), round);
  return changed.has('*') ? read.length > 0 : read.some((field) => field === '*' || changed.has(field));
}

/** `*`: anything. */
function changedFields(value: Value, round: string): readonly string[] {
  if (textOf(value) === round) return [];
  if (value.kind === 'object' && value.base !== null && textOf(value.base) === round) return [...value.fields.keys()];
  return ['*'];
}

function fieldsRead(text: string, round: string): readonly string[] {
  return text
    .split(round)
    .slice(1)
    .map((rest) => /^\.([A-Za-z_$][\w$]*)/.exec(rest)?.[1] ?? '*');
}

function outsideOnly({ Choices, Default, ...rest }: JsonObject, members: ReadonlySet<string>): JsonObject {
  const isOutside = (to: JsonValue | undefined): boolean => typeof to === 'string' && !members.has(to);
  const kept = (Array.isArray(Choices) ? Choices : []).filter((one) => isJsonObject(one) && isOutside(one.Next));
  return { ...rest, Choices: kept, ...(isOutside(Default) ? { Default: Default ?? null } : {}) };
}
