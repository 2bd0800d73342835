/** Reference paths and payload templates of the Amazon States Language (JSONPath states), as values of ours. */
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { quote } from '../js-text.ts';
import { Unmappable } from '../rewrite-expression.ts';
import { literalValue, objectValue, pathOf, textOf, textValue, type Value } from '../value.ts';
import { intrinsic } from './asl-intrinsics.ts';

/** What a state sees. */
export type AslScope = {
  readonly input: Value;
  readonly vars: ReadonlyMap<string, Value>;
  readonly stateName: string;
  /** Inside a Map. */
  readonly inMap: boolean;
  /** Id of the callback node whose token a task hands out. */
  readonly callback?: string;
  readonly result?: Value;
  readonly errorOutput?: Value;
};

type Segment = string | number | '*';

const segment =
  /\.\s*([A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*|\*)|\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(\d+)|(\*))\s*\]/y;

/** `.a['b'][0][*]`; throws Unmappable for filters, slices and descents. */
export function segmentsOf(path: string): readonly Segment[] {
  const found: Segment[] = [];
  let at = 0;
  while (at < path.length) {
    segment.lastIndex = at;
    const match = segment.exec(path);
    if (match === null) throw new Unmappable(`the path ${path.slice(0, 200)} uses more than names, numbers and [*]`);
    const [, dotted, single, double, index, star] = match;
    if (star !== undefined) found.push('*');
    else if (index !== undefined) found.push(Number(index));
    else found.push(dotted ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'));
    at = segment.lastIndex;
  }
  return found;
}

/** `$`, `$.a`, `$$.Execution.Id`, `$variable.a`. */
export function pathValue(path: string, scope: AslScope): Value {
  const text = path.trim();
  if (text.startsWith('$$')) return contextValue(text.slice(2), scope);
  if (!text.startsWith('$')) throw new Unmappable(`${text.slice(0, 100)} is no path`);
  const variable = /^\$([A-Za-z_][\w]*)/.exec(text)?.[1];
  if (variable === undefined) return walk(scope.input, segmentsOf(text.slice(1)));
  const value = scope.vars.get(variable);
  if (value === undefined) throw new Unmappable(`the variable $${variable} is not assigned before`);
  return walk(value, segmentsOf(text.slice(variable.length + 1)));
}

function walk(base: Value, segments: readonly Segment[]): Value {
  const star = segments.indexOf('*');
  if (star < 0) return pathOf(base, segments);
  const list = textOf(pathOf(base, segments.slice(0, star)));
  const rest = walk(textValue('each'), segments.slice(star + 1));
  const items = `Object.values(${list} ?? [])`;
  return textValue(textOf(rest) === 'each' ? items : `${items}.map((each) => ${textOf(rest)})`);
}

export function contextValue(path: string, scope: AslScope): Value {
  const segments = segmentsOf(path);
  const [area, name, more] = segments;
  const at = `${String(area)}.${String(name)}`;
  if (at === 'Execution.Id' || at === 'Execution.Name') return textValue('execution.id');
  if (at === 'Execution.StartTime') return textValue('execution.startedAt');
  if (at === 'Execution.Input') return pathOf(textValue('input'), segments.slice(2));
  if (at === 'StateMachine.Id' || at === 'StateMachine.Name') return textValue('execution.workflowId');
  if (at === 'State.Name') return literalValue(scope.stateName);
  if (at === 'State.RetryCount') return literalValue(0);
  if (at === 'Task.Token' && scope.callback !== undefined) return textValue(`execution.callbackUrl(${quote(scope.callback)})`);
  if (at === 'Map.Item' && scope.inMap && more === 'Value') return pathOf(textValue('item'), segments.slice(3));
  if (at === 'Map.Item' && scope.inMap && more === 'Index') return textValue('index');
  throw new Unmappable(`the context object has no $$.${segments.join('.')} here`);
}

/** Parameters, ResultSelector, ItemSelector: keys that end in `.$` hold paths and intrinsic functions. */
export function payloadValue(payload: JsonValue, scope: AslScope): Value {
  if (Array.isArray(payload)) return { kind: 'list', items: payload.map((one) => payloadValue(one, scope)) };
  if (!isJsonObject(payload)) return literalValue(payload);
  return objectValue(Object.entries(payload).map(([key, one]) => payloadField(key, one, scope)));
}

function payloadField(key: string, value: JsonValue, scope: AslScope): readonly [string, Value] {
  if (!key.endsWith('.$')) return [key, payloadValue(value, scope)];
  if (typeof value !== 'string') throw new Unmappable(`${key} is no text`);
  return [key.slice(0, -2), dynamicValue(value, scope)];
}

export function dynamicValue(text: string, scope: AslScope): Value {
  return text.trim().startsWith('$') ? pathValue(text, scope) : intrinsic(text, (path) => pathValue(path, scope));
}

/** ResultPath: names only. */
export function resultPathKeys(path: string): readonly string[] {
  const keys = segmentsOf(path.slice(1)).map(String);
  if (!path.startsWith('$') || keys.includes('*')) throw new Unmappable(`ResultPath ${path.slice(0, 100)} is no plain path`);
  return keys;
}

export function textField(state: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(state, name) ? state[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}
