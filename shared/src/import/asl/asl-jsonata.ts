/**
 * JSONata expressions (`{% $states.input.total > 100 %}`) as JavaScript: paths, operators and common functions. What JSONata does beyond
 * (mapping over lists by itself, predicates, lambdas) has no like and is told.
 */
import type { AnyNode } from 'acorn';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { atom } from '../js-text.ts';
import { chainOf, rewriteExpression, Unmappable } from '../rewrite-expression.ts';
import { literalValue, objectValue, pathOf, textOf, textValue, type Value } from '../value.ts';
import { type AslScope, contextValue } from './asl-path.ts';

export const isJsonata = (value: JsonValue | undefined): value is string =>
  typeof value === 'string' && /^\s*\{%[\s\S]*%\}\s*$/.test(value);

/** Every text in `{% %}` is an expression; all else is as it stands. */
export function jsonataValue(value: JsonValue, scope: AslScope): Value {
  if (isJsonata(value)) return expression(value.trim().slice(2, -2).trim(), scope);
  if (Array.isArray(value)) return { kind: 'list', items: value.map((one) => jsonataValue(one, scope)) };
  if (!isJsonObject(value)) return literalValue(value);
  return objectValue(Object.entries(value).map(([key, one]) => [key, jsonataValue(one, scope)] as const));
}

function expression(source: string, scope: AslScope): Value {
  let only: Value | null = null;
  const rewritten = rewriteExpression(asJavaScript(source), (node, render) => {
    const value = reference(node, scope);
    if (value !== null) {
      only = value;
      return atom(textOf(value));
    }
    return special(node, render);
  });
  if (!rewritten.ok) throw new Unmappable(rewritten.reason);
  const whole: Value | null = only;
  if (whole !== null && atom(textOf(whole)) === rewritten.text) return whole;
  return textValue(atom(rewritten.text));
}

const token = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|!=|<=|>=|:=|~>|\*\*|[=&]|\b(?:and|or|in)\b|[\s\S]/g;

/** Operators that JavaScript spells otherwise. */
function asJavaScript(source: string): string {
  let afterDot = false;
  return source.replace(token, (text) => {
    const isName = afterDot;
    if (/\S/.test(text)) afterDot = text === '.';
    switch (text) {
      case '=':
        return '===';
      case '!=':
        return '!==';
      case '&':
        return '+ "" +';
      case 'and':
        return isName ? text : '&&';
      case 'or':
        return isName ? text : '||';
      case ':=':
      case '~>':
      case '**':
        throw new Unmappable(`JSONata's ${text} has no like here`);
      default:
        if (text.startsWith('`')) throw new Unmappable('names in back quotes have no like here');
        return text;
    }
  });
}

function reference(node: AnyNode, scope: AslScope): Value | null {
  if (node.type !== 'MemberExpression' && node.type !== 'Identifier') return null;
  const chain = chainOf(node);
  if (chain?.root.type !== 'Identifier') return null;
  const { name } = chain.root;
  const [area, ...rest] = chain.keys;
  if (name === '$states') {
    if (area === 'input') return pathOf(scope.input, rest);
    if (area === 'context')
      return contextValue(rest.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join(''), scope);
    const value = area === 'result' ? scope.result : area === 'errorOutput' ? scope.errorOutput : undefined;
    if (value === undefined) throw new Unmappable(`$states.${String(area)} is not there in this field`);
    return pathOf(value, rest);
  }
  const value = name.startsWith('$') ? scope.vars.get(name.slice(1)) : undefined;
  return value === undefined ? null : pathOf(value, chain.keys);
}

function special(node: AnyNode, render: (node: AnyNode) => string): string | null {
  if (node.type === 'CallExpression') {
    const name = node.callee.type === 'Identifier' ? node.callee.name : '';
    const make = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (make === undefined) throw new Unmappable(`the function ${name || 'called here'} has no like here`);
    return make(node.arguments.map((one) => atom(render(one))));
  }
  if (node.type === 'Identifier') throw new Unmappable(`${node.name} is not known here`);
  if (node.type === 'MemberExpression' && node.computed && node.property.type !== 'Literal') {
    throw new Unmappable('a predicate in brackets has no like here');
  }
  if (node.type === 'BinaryExpression' && node.operator === 'in')
    return `${atom(render(node.right))}.includes(${render(node.left)})`;
  if (refused.has(node.type)) throw new Unmappable('this part of JSONata has no like here');
  return null;
}

const refused = new Set([
  'FunctionExpression',
  'ArrowFunctionExpression',
  'AssignmentExpression',
  'TemplateLiteral',
  'SequenceExpression',
]);

const functions: Readonly<Record<string, (args: readonly string[]) => string>> = {
  $string: ([a]) => `(typeof ${a} === "string" ? ${a} : json.stringify(${a}))`,
  $number: ([a]) => `Number(${a})`,
  $boolean: ([a]) => `Boolean(${a})`,
  $not: ([a]) => `!${a}`,
  $exists: ([a]) => `((${a} ?? null) !== null)`,
  $count: ([a]) => `(${a} ?? []).length`,
  $sum: ([a]) => `sum(${a})`,
  $average: ([a]) => `average(${a})`,
  $max: ([a]) => `Math.max(...${a})`,
  $min: ([a]) => `Math.min(...${a})`,
  $abs: ([a]) => `Math.abs(${a})`,
  $floor: ([a]) => `Math.floor(${a})`,
  $ceil: ([a]) => `Math.ceil(${a})`,
  $round: ([a, b]) => `number.round(${a}, ${b ?? '0'})`,
  $uppercase: ([a]) => `${a}.toUpperCase()`,
  $lowercase: ([a]) => `${a}.toLowerCase()`,
  $trim: ([a]) => `${a}.trim()`,
  $length: ([a]) => `${a}.length`,
  $contains: ([a, b]) => `${a}.includes(${b})`,
  $split: ([a, b]) => `${a}.split(${b})`,
  $join: ([a, b]) => `${a}.join(${b ?? '""'})`,
  $replace: ([a, b, c]) => `${a}.replaceAll(${b}, ${c})`,
  $substring: ([a, b, c]) => (c === undefined ? `${a}.slice(${b})` : `${a}.substr(${b}, ${c})`),
  $keys: ([a]) => `Object.keys(${a})`,
  $append: ([a, b]) => `[${a}, ${b}].flat()`,
  $reverse: ([a]) => `${a}.toReversed()`,
  $distinct: ([a]) => `unique(${a})`,
  $merge: ([a]) => `Object.assign({}, ...${a})`,
  $parse: ([a]) => `json.parse(${a})`,
  $now: () => 'date.now()',
  $millis: () => 'Date.now()',
  $base64encode: ([a]) => `base64.encode(${a})`,
  $base64decode: ([a]) => `base64.decode(${a})`,
};
