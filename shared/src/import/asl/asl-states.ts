/** Each kind of state as nodes of ours. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { stepOutput, template } from '../js-text.ts';
import { requireWays, Unmappable } from '../rewrite-expression.ts';
import { fieldOf, literalValue, paramOf, pathOf, textOf, textValue, type Value, withPath } from '../value.ts';
import { conditionOf } from './asl-choice.ts';
import { type AslContext, connect, type Entry, type Leaving, type Mapped, meet, type Way } from './asl-flow.ts';
import { isJsonata, jsonataValue } from './asl-jsonata.ts';
import { type AslScope, dynamicValue, pathValue, payloadValue, resultPathKeys, textField } from './asl-path.ts';
import { errorCondition, errorValue, retryOf, taskNode } from './asl-task.ts';

export type StateIo = {
  readonly scope: AslScope;
  readonly jsonata: boolean;
  /** What the state's work is given: after InputPath and Parameters, or Arguments. */
  readonly args: Value;
};

export function ioOf(context: AslContext, name: string, state: JsonObject, entry: Entry): StateIo {
  const language = textField(state, 'QueryLanguage');
  const jsonata = language === undefined ? context.jsonata : language === 'JSONata';
  const raw: AslScope = { input: entry.input, vars: entry.vars, stateName: name, inMap: context.inMap };
  if (jsonata) {
    const args = state.Arguments === undefined ? entry.input : jsonataValue(state.Arguments, raw);
    return { scope: raw, jsonata, args };
  }
  const { InputPath } = state;
  const input = InputPath === null ? literalValue({}) : typeof InputPath === 'string' ? pathValue(InputPath, raw) : entry.input;
  const scope = { ...raw, input };
  return { scope, jsonata, args: state.Parameters === undefined ? input : payloadValue(state.Parameters, scope) };
}

/** ResultSelector, ResultPath, OutputPath; or Output. The variables that Assign sets come along. */
export function outputOf(state: JsonObject, io: StateIo, entry: Entry, result: Value): Pick<Way, 'input' | 'vars'> {
  const { scope, jsonata } = io;
  if (jsonata) {
    const seen = { ...scope, result };
    const vars = assigned(state, entry, (value) => jsonataValue(value, seen));
    return { input: state.Output === undefined ? result : jsonataValue(state.Output, seen), vars };
  }
  const selected = state.ResultSelector === undefined ? result : payloadValue(state.ResultSelector, { ...scope, input: result });
  const vars = assigned(state, entry, (value) => payloadValue(value, { ...scope, input: selected }));
  const { ResultPath, OutputPath } = state;
  const merged =
    ResultPath === null
      ? entry.input
      : typeof ResultPath === 'string'
        ? withPath(entry.input, resultPathKeys(ResultPath), selected)
        : selected;
  if (OutputPath === null) return { input: literalValue({}), vars };
  return { input: typeof OutputPath === 'string' ? pathValue(OutputPath, { ...scope, input: merged }) : merged, vars };
}

function assigned(state: JsonObject, { vars }: Entry, read: (value: JsonValue) => Value): Way['vars'] {
  if (!isJsonObject(state.Assign)) return vars;
  const value = read(state.Assign);
  const names = Object.keys(state.Assign).map((name) => name.replace(/\.\$$/, ''));
  return new Map([...vars, ...names.map((name) => [name, fieldOf(value, name)] as const)]);
}

/** Where the flow goes on after a state, or that it ends there. */
export function goOn(state: JsonObject, way: Way, more: readonly Leaving[] = []): Mapped {
  const next = textField(state, 'Next');
  return next === undefined ? { leaving: more, ends: [way] } : { leaving: [{ ...way, to: next }, ...more], ends: [] };
}

export function mapPass(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const io = ioOf(context, name, state, entry);
  const result = state.Result === undefined ? io.args : literalValue(state.Result);
  const { input, vars } = outputOf(state, io, entry, result);
  const id = context.build.add({ name, type: 'data.transform', params: { expression: braced(input) }, parent: context.parent });
  connect(context, entry, id);
  return goOn(state, { from: id, input: textValue(stepOutput(id)), vars });
}

/** data.transform wants an expression, not a plain text. */
function braced(value: Value): JsonValue {
  const param = paramOf(value);
  return typeof param === 'string' && !param.startsWith('{{') ? template(textOf(value)) : param;
}

export function mapTask(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const { build, parent } = context;
  const waits = textField(state, 'Resource')?.endsWith('.waitForTaskToken') === true;
  if (waits) return mapToken(context, name, state, entry);
  const io = ioOf(context, name, state, entry);
  const task = taskNode(state, io.args);
  const { retry, partly } = retryOf(state);
  const seconds = state.TimeoutSeconds;
  const id = build.add({
    ...{ name, type: task.type, params: task.params, parent, credential: task.credential?.name },
    ...(task.type === 'http.request' ? { retry: retry ?? { maxAttempts: 1 } } : {}),
    ...(typeof seconds === 'number' && seconds > 0 ? { timeoutMs: Math.round(seconds * 1_000) } : {}),
  });
  if (task.credential !== undefined) build.credential(task.credential.name, task.credential.kind, id);
  for (const reason of [task.partly, partly]) if (reason !== undefined) build.report(name, id, 'partly', reason);
  connect(context, entry, id);
  const { input, vars } = outputOf(state, io, entry, task.result(id));
  return goOn(state, { from: id, input, vars }, mapCatch(context, name, state, { entry, id, io }));
}

/** The sending has no like; the waiting has. */
function mapToken(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const { build, parent } = context;
  const reason =
    'What hands the task token out has no like here: send {{ execution.callbackUrl("…") }} of the step behind it, by http.request for example.';
  const sender = build.placeholder(`${name} send`, reason, state, { parent });
  connect(context, entry, sender);
  const seconds = typeof state.TimeoutSeconds === 'number' ? state.TimeoutSeconds : state.HeartbeatSeconds;
  const id = build.add({
    name,
    type: 'flow.callback',
    params: typeof seconds === 'number' ? { timeoutMs: seconds * 1_000 } : {},
    parent,
  });
  build.edge(sender, id);
  build.report(name, id, 'partly', 'It waits for its callback address to be called, not for SendTaskSuccess.');
  const io = { ...ioOf(context, name, { ...state, Parameters: {}, Arguments: {} }, entry) };
  const { input, vars } = outputOf(state, io, entry, textValue(stepOutput(id)));
  return goOn(state, { from: id, input, vars });
}

type Caught = { readonly entry: Entry; readonly id: string; readonly io: StateIo };

/** Catchers are tried in order, on the error port. */
export function mapCatch(context: AslContext, name: string, state: JsonObject, { entry, id, io }: Caught): readonly Leaving[] {
  const catchers = (Array.isArray(state.Catch) ? state.Catch : []).filter(isJsonObject);
  if (catchers.length === 0) return [];
  const ways = catchers.flatMap((catcher): { way: Omit<Leaving, 'from' | 'port'>; when: string }[] => {
    const to = textField(catcher, 'Next');
    const names = Array.isArray(catcher.ErrorEquals) ? catcher.ErrorEquals.map(String) : [];
    if (to === undefined) return [];
    const { input, vars } = caughtInput(catcher, io, entry, errorValue(id));
    return [{ way: { to, input, vars }, when: errorCondition(names, id) }];
  });
  const [only] = ways;
  if (only !== undefined && ways.length === 1 && only.when === 'true') return [{ ...only.way, from: id, port: 'error' }];
  const cases = ways.map(({ when }, index) => ({ name: `catch${index + 1}`, when: template(when) }));
  const params = { cases };
  const chooser = context.build.add({ name: `${name} catch`, type: 'flow.switch', params, parent: context.parent, helper: true });
  context.build.edge(id, chooser, 'error');
  if (!ways.some(({ when }) => when === 'true')) {
    const text = { code: 'NOT_CAUGHT', message: template(`steps.${id}.output.error.message`) };
    const fail = context.build.add({
      name: `${name} not caught`,
      type: 'flow.fail',
      params: text,
      parent: context.parent,
      helper: true,
    });
    context.build.edge(chooser, fail, 'default');
  }
  return ways.map(({ way }, index) => ({ ...way, from: chooser, port: `catch${index + 1}` }));
}

function caughtInput(catcher: JsonObject, { scope, jsonata }: StateIo, entry: Entry, error: Value): Pick<Way, 'input' | 'vars'> {
  if (jsonata) {
    const seen = { ...scope, errorOutput: error };
    const vars = assigned(catcher, entry, (value) => jsonataValue(value, seen));
    return { input: catcher.Output === undefined ? error : jsonataValue(catcher.Output, seen), vars };
  }
  const path = catcher.ResultPath;
  const input =
    path === null ? entry.input : typeof path === 'string' ? withPath(entry.input, resultPathKeys(path), error) : error;
  return { input, vars: entry.vars };
}

export function mapChoice(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const { build, parent } = context;
  const io = ioOf(context, name, state, entry);
  const rules = (Array.isArray(state.Choices) ? state.Choices : []).filter(isJsonObject);
  requireWays(rules.length);
  const output = outputOf({ ...state, ResultPath: '$' }, io, entry, io.jsonata ? entry.input : io.scope.input);
  const cases = rules.map((rule, index) => ({
    name: `case${index + 1}`,
    when: template(conditionOf(rule, io.scope)),
    to: textField(rule, 'Next') ?? '',
  }));
  const id = build.add({ name, type: 'flow.switch', params: { cases: cases.map(({ to: _, ...one }) => one) }, parent });
  connect(context, entry, id);
  const leaving = cases.map(({ name: port, to }): Leaving => ({ ...output, from: id, port, to }));
  const fallback = textField(state, 'Default');
  if (fallback !== undefined) return { leaving: [...leaving, { ...output, from: id, port: 'default', to: fallback }], ends: [] };
  const params = { code: 'NO_CHOICE_MATCHED', message: `No choice of ${name.slice(0, 100).replaceAll('{{', '')} matched` };
  build.edge(id, build.add({ name: `${name} no match`, type: 'flow.fail', params, parent, helper: true }), 'default');
  return { leaving, ends: [] };
}

export function mapWait(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const io = ioOf(context, name, state, entry);
  const id = context.build.add({ name, type: 'flow.wait', params: waitParams(state, io), parent: context.parent });
  connect(context, entry, id);
  const { input, vars } = outputOf(state, io, entry, entry.input);
  return goOn(state, { from: id, input, vars });
}

function waitParams(state: JsonObject, { scope, jsonata }: StateIo): JsonObject {
  const { Seconds, SecondsPath, Timestamp, TimestampPath } = state;
  const read = (value: JsonValue | undefined, path: JsonValue | undefined): Value | null => {
    if (typeof path === 'string') return dynamicValue(path, scope);
    if (value === undefined) return null;
    return jsonata && isJsonata(value) ? jsonataValue(value, scope) : literalValue(value);
  };
  const seconds = read(Seconds, SecondsPath);
  if (seconds?.kind === 'literal') return { durationMs: Number(seconds.value) * 1_000 };
  if (seconds !== null) return { durationMs: template(`${textOf(seconds)} * 1000`) };
  const until = read(Timestamp, TimestampPath);
  if (until === null) throw new Unmappable('It does not say for how long.');
  return { until: paramOf(until) };
}

export function mapFail(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const { scope, jsonata } = ioOf(context, name, state, entry);
  const read = (field: string): Value => {
    const path = textField(state, `${field}Path`);
    if (path !== undefined) return dynamicValue(path, scope);
    const value = state[field];
    return jsonata && isJsonata(value) ? jsonataValue(value, scope) : literalValue(value ?? '');
  };
  const [error, cause] = [read('Error'), read('Cause')];
  const code =
    error.kind === 'literal'
      ? String(error.value)
          .replace(/([a-z])([A-Z])/g, '$1_$2')
          .toUpperCase()
          .replace(/[^A-Z0-9]+/g, '_')
          .replace(/^[^A-Z]+/, '')
      : '';
  const params = { ...(code === '' ? {} : { code: code.slice(0, 64) }), message: paramOf(cause) };
  const id = context.build.add({ name, type: 'flow.fail', params, parent: context.parent });
  connect(context, entry, id);
  if (error.kind !== 'literal') context.build.report(name, id, 'partly', 'Its error name is computed; here a code is fixed.');
  return { leaving: [], ends: [] };
}

/** The end of the machine sets the output of the execution; the end of a branch or an item is its result. */
export function endScope(
  context: AslContext,
  ends: readonly Way[],
  name: string,
): { readonly id: string; readonly text: string } | null {
  if (ends.length === 0) return null;
  const entry = meet(context, name, ends);
  const id = context.root
    ? context.build.add({ name, type: 'flow.respond', params: { body: paramOf(entry.input) }, helper: true })
    : context.build.holder(name, textOf(entry.input), context.parent).id;
  connect(context, entry, id);
  return { id, text: stepOutput(id) };
}

export function mapSucceed(context: AslContext, name: string, state: JsonObject, entry: Entry): Mapped {
  const io = ioOf(context, name, state, entry);
  const { input, vars } = outputOf(state, io, entry, io.jsonata ? entry.input : io.scope.input);
  if (!context.root) {
    const { id, text } = context.build.holder(name, textOf(input), context.parent);
    context.build.report(name, id, 'mapped');
    connect(context, entry, id);
    return { leaving: [], ends: [{ from: id, input: textValue(text), vars }] };
  }
  const id = context.build.add({ name, type: 'flow.respond', params: { body: paramOf(input) } });
  connect(context, entry, id);
  return { leaving: [], ends: [] };
}

export const itemsOf = (state: JsonObject, { scope, jsonata, args }: StateIo): Value => {
  if (jsonata) return state.Items === undefined ? args : jsonataValue(state.Items, scope);
  return typeof state.ItemsPath === 'string' ? pathValue(state.ItemsPath, scope) : pathOf(scope.input, []);
};
