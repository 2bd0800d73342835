/**
 * Expressions of n8n (`={{ $json.total > 100 }}`). Its names become references to steps; JavaScript stays as it is. n8n's own methods on
 * texts, lists and dates are mapped where we have the like.
 */
import type { AnyNode } from 'acorn';
import { parseTemplate } from '../../expression/parse-template.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { atom, plainText, quote, template } from '../js-text.ts';
import { chainOf, type Key, rewriteExpression, Unmappable } from '../rewrite-expression.ts';
import { literalValue, objectValue, paramOf, pathOf, textOf, textValue, type Value } from '../value.ts';

export type N8nScope = {
  /** `$json`: the item that comes in. */
  readonly json: Value;
  /** Output of a node that is done, by its name; undefined where it has none to look at. */
  readonly outputOf: (name: string) => Value | undefined;
  readonly workflowName: string;
  readonly inLoop: boolean;
  readonly counted: (expression: string, reason: string | null) => void;
};

export const isN8nExpression = (value: JsonValue | undefined): value is `=${string}` =>
  typeof value === 'string' && value.startsWith('=');

/** A param as it stands in the file. Throws Unmappable. */
export function n8nValue(value: JsonValue, scope: N8nScope): Value {
  if (isN8nExpression(value)) return templateValue(value.slice(1), scope);
  if (Array.isArray(value)) return { kind: 'list', items: value.map((one) => n8nValue(one, scope)) };
  if (!isJsonObject(value)) return literalValue(value);
  return objectValue(Object.entries(value).map(([key, one]) => [key, n8nValue(one, scope)] as const));
}

export const n8nParam = (value: JsonValue, scope: N8nScope): JsonValue => paramOf(n8nValue(value, scope));

export type Piece = { readonly text: string } | { readonly expression: string };

/** What follows the `=`: text with expressions in double braces. */
export function piecesOf(text: string): readonly Piece[] {
  const parsed = parseTemplate(text.replace(/\\+(?=\{\{)/g, (slashes) => slashes + slashes));
  switch (parsed.kind) {
    case 'text':
      return [{ text }];
    case 'invalid':
      throw new Unmappable(`it is no expression: ${parsed.problem.message}`);
    case 'single':
      return [{ expression: parsed.expression.source }];
    case 'mixed':
      return parsed.parts.map((part) => (typeof part === 'string' ? { text: part } : { expression: part.source }));
  }
}

function templateValue(text: string, scope: N8nScope): Value {
  const pieces = text.includes('{{') ? piecesOf(text) : [{ text }];
  const [only] = pieces;
  if (only === undefined) return literalValue('');
  if (pieces.length === 1 && 'expression' in only) return expressionValue(only.expression, scope);
  if (pieces.length === 1 && 'text' in only) return literalValue(only.text);
  const parts = pieces.map((piece) =>
    'text' in piece ? quote(piece.text) : `String(${textOf(expressionValue(piece.expression, scope))} ?? "")`,
  );
  return { kind: 'text', text: `(${parts.join(' + ')})` };
}

/** As a text param with our braces, which reads better than a sum of texts. */
export function templateParam(value: JsonValue, scope: N8nScope): JsonValue {
  if (!isN8nExpression(value) || !value.includes('{{')) return n8nParam(value, scope);
  const pieces = piecesOf(value.slice(1));
  if (pieces.length === 1) return n8nParam(value, scope);
  return pieces
    .map((piece) => ('text' in piece ? plainText(piece.text) : template(textOf(expressionValue(piece.expression, scope)))))
    .join('');
}

export function expressionValue(source: string, scope: N8nScope): Value {
  const found: Value[] = [];
  const rewritten = rewriteExpression(source, (node, render) => {
    const value = reference(node, scope);
    if (value !== null) {
      found.push(value);
      return atom(textOf(value));
    }
    return special(node, scope, render);
  });
  scope.counted(source, rewritten.ok ? null : rewritten.reason);
  if (!rewritten.ok) throw new Unmappable(rewritten.reason);
  const [only] = found;
  if (only !== undefined && found.length === 1 && atom(textOf(only)) === rewritten.text) return only;
  return textValue(atom(rewritten.text));
}

/** What begins with `$`. */
function reference(node: AnyNode, scope: N8nScope): Value | null {
  if (node.type !== 'MemberExpression' && node.type !== 'Identifier') return null;
  const chain = chainOf(node);
  if (chain === null) return null;
  const { root, keys } = chain;
  if (root.type === 'CallExpression') return ofCall(root, keys, scope);
  if (root.type !== 'Identifier' || !root.name.startsWith('$')) return null;
  const [first, second, ...rest] = keys;
  const after = keys.slice(1);
  switch (root.name) {
    case '$json':
      return pathOf(scope.json, keys);
    case '$node':
      return second === 'json' ? pathOf(outputNamed(String(first), scope), rest) : missing(`$node[…].${String(second)}`);
    case '$input':
      return first === 'item' && second === 'json' ? pathOf(scope.json, rest) : null;
    case '$vars':
      return pathOf(textValue('vars'), keys);
    case '$execution':
      return first === 'id' ? textValue('execution.id') : missing(`$execution.${String(first)}`);
    case '$workflow':
      if (first === 'id') return textValue('execution.workflowId');
      return first === 'name' ? literalValue(scope.workflowName) : missing(`$workflow.${String(first)}`);
    case '$itemIndex':
    case '$runIndex':
      return scope.inLoop ? textValue('index') : literalValue(0);
    case '$now':
      return keys.length === 0 ? textValue('date.now()') : null;
    case '$today':
      return keys.length === 0 ? textValue('date.startOf(date.now(), "day")') : null;
    case '$env':
      throw new Unmappable('$env, the variables of the server, are not to be seen here: use vars');
    default:
      return after.length === 0 && (root.name === '$if' || root.name === '$ifEmpty' || root.name === '$')
        ? null
        : missing(root.name);
  }
}

function missing(what: string): never {
  throw new Unmappable(`${what} has no like here`);
}

function outputNamed(name: string, scope: N8nScope): Value {
  return scope.outputOf(name) ?? missing(`the output of the node ${JSON.stringify(name.slice(0, 100))} at this place`);
}

/** `$('A').item.json.x`, `$input.first().json.x`, `$('A').all()[0].json.x`, `$items("A")[0].json` */
function ofCall(call: Extract<AnyNode, { type: 'CallExpression' }>, keys: readonly Key[], scope: N8nScope): Value | null {
  const holder = holderOf(call, scope);
  if (holder === null) return null;
  const [first, ...rest] = holder.all && typeof keys[0] === 'number' ? keys.slice(1) : keys;
  if (holder.all && first === undefined) return { kind: 'list', items: [objectValue([['json', holder.value]])] };
  const after = holder.item ? [first, ...rest] : first === 'item' ? rest : null;
  if (after === null || after[0] !== 'json') return null;
  return pathOf(
    holder.value,
    after.slice(1).filter((key) => key !== undefined),
  );
}

type Holder = { readonly value: Value; readonly item: boolean; readonly all: boolean };

function holderOf({ callee, arguments: args }: Extract<AnyNode, { type: 'CallExpression' }>, scope: N8nScope): Holder | null {
  const [name] = args;
  const given = name?.type === 'Literal' && typeof name.value === 'string' ? name.value : null;
  if (callee.type === 'Identifier' && callee.name === '$' && given !== null)
    return { value: outputNamed(given, scope), item: false, all: false };
  if (callee.type === 'Identifier' && callee.name === '$items') {
    return { value: given === null ? scope.json : outputNamed(given, scope), item: true, all: true };
  }
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return null;
  const method = callee.property.name;
  if (!['first', 'last', 'all', 'itemMatching'].includes(method)) return null;
  const { object } = callee;
  const isInput = object.type === 'Identifier' && object.name === '$input';
  const inner = object.type === 'CallExpression' ? holderOf(object, scope) : null;
  const value = isInput ? scope.json : inner !== null && !inner.item ? inner.value : null;
  return value === null ? null : { value, item: true, all: method === 'all' };
}

function special(node: AnyNode, scope: N8nScope, render: (node: AnyNode) => string): string | null {
  if (node.type === 'CallExpression') return callText(node, scope, render);
  if (node.type === 'Identifier' && (node.name === 'DateTime' || node.name === 'Duration' || node.name === 'Interval'))
    missing(node.name);
  return null;
}

function callText(
  node: Extract<AnyNode, { type: 'CallExpression' }>,
  scope: N8nScope,
  render: (node: AnyNode) => string,
): string | null {
  const whole = ofCall(node, [], scope);
  if (whole !== null) return atom(textOf(whole));
  const { callee } = node;
  const args = node.arguments.map((one) => render(one));
  const [a = 'null', b = 'null', c = 'null'] = args.map(atom);
  if (callee.type === 'Identifier') {
    if (callee.name === '$if') return `(${a} ? ${b} : ${c})`;
    if (callee.name === '$ifEmpty') return `(${a} ?? ${b})`;
    if (callee.name === '$max' || callee.name === '$min') return `Math.${callee.name.slice(1)}(${args.join(', ')})`;
    if (callee.name.startsWith('$')) missing(`${callee.name}()`);
    return null;
  }
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return null;
  const method = callee.property.name;
  const onDate = isNow(callee.object);
  if (onDate) return dateMethod(method, render(callee.object), args);
  const make = Object.hasOwn(extensions, method) ? extensions[method] : undefined;
  if (make !== undefined && args.length <= make.most) return make.text(atom(render(callee.object)), a);
  if (own.has(method)) missing(`n8n's own method .${method}()`);
  return null;
}

function isNow(node: AnyNode): boolean {
  if (node.type === 'Identifier') return node.name === '$now' || node.name === '$today';
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return false;
  return isNow(node.callee.object);
}

function dateMethod(method: string, on: string, args: readonly string[]): string {
  const [a = 'null', b] = args;
  switch (method) {
    case 'toISO':
    case 'toISOString':
    case 'toUTC':
      return on;
    case 'toISODate':
      return `date.format(${on}, "yyyy-MM-dd")`;
    case 'toFormat':
    case 'format':
      return `date.format(${on}, ${a})`;
    case 'plus':
      return b === undefined ? `date.add(${on}, ${a})` : `date.add(${on}, ${a}, ${b})`;
    case 'minus':
      return b === undefined
        ? `date.add(${on}, Object.fromEntries(Object.entries(${a}).map(([unit, n]) => [unit, -n])))`
        : `date.add(${on}, -${a}, ${b})`;
    case 'startOf':
    case 'endOf':
      return `date.${method}(${on}, ${a})`;
    case 'toMillis':
    case 'valueOf':
      return `Date.parse(${on})`;
    case 'toSeconds':
      return `(Date.parse(${on}) / 1000)`;
    default:
      return missing(`the date method .${method}()`);
  }
}

/** n8n's methods with a like here; `most`: of their arguments. */
const extensions: Readonly<Record<string, { readonly most: number; readonly text: (on: string, arg: string) => string }>> = {
  first: { most: 0, text: (on) => `${on}[0]` },
  last: { most: 0, text: (on) => `${on}.at(-1)` },
  sum: { most: 0, text: (on) => `sum(${on})` },
  average: { most: 0, text: (on) => `average(${on})` },
  unique: { most: 1, text: (on, arg) => (arg === 'null' ? `unique(${on})` : `unique(${on}, ${arg})`) },
  pluck: { most: 1, text: (on, arg) => `${on}.map((one) => one[${arg}])` },
  chunk: { most: 1, text: (on, arg) => `chunk(${on}, ${arg})` },
  isEmpty: { most: 0, text: (on) => `(Object.keys(${on} ?? {}).length === 0)` },
  isNotEmpty: { most: 0, text: (on) => `(Object.keys(${on} ?? {}).length > 0)` },
  toTitleCase: { most: 0, text: (on) => `text.title(${on})` },
  toSnakeCase: { most: 0, text: (on) => `text.snake(${on})` },
  urlEncode: { most: 0, text: (on) => `encodeURIComponent(${on})` },
  urlDecode: { most: 0, text: (on) => `decodeURIComponent(${on})` },
  base64Encode: { most: 0, text: (on) => `base64.encode(${on})` },
  base64Decode: { most: 0, text: (on) => `base64.decode(${on})` },
  toJsonString: { most: 0, text: (on) => `json.stringify(${on})` },
  parseJson: { most: 0, text: (on) => `json.parse(${on})` },
  toNumber: { most: 0, text: (on) => `Number(${on})` },
  toInt: { most: 0, text: (on) => `Math.trunc(Number(${on}))` },
  toFloat: { most: 0, text: (on) => `Number(${on})` },
  toBoolean: { most: 0, text: (on) => `Boolean(${on})` },
  round: { most: 1, text: (on, arg) => `number.round(${on}, ${arg === 'null' ? '0' : arg})` },
  hasField: { most: 1, text: (on, arg) => `Object.hasOwn(${on}, ${arg})` },
  merge: { most: 1, text: (on, arg) => `({ ...${on}, ...${arg} })` },
  keys: { most: 0, text: (on) => `Object.keys(${on})` },
};

/** Those without one. */
const own = new Set(
  'toDateTime toDate extractEmail extractDomain extractUrl hash removeMarkdown removeTags isEmail isUrl isDomain isNumeric isCompatible compact difference intersection union randomItem removeDuplicates renameKeys smartJoin removeField removeFieldsContaining keepFieldsContaining urlEncoded format isEven isOdd toLocal diffTo diffToNow isBetween inBetween beginningOf extract setZone quote replaceSpecialChars'.split(
    ' ',
  ),
);
