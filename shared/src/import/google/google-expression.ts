/** Expressions of Google Cloud Workflows (`${len(items) > 0 and not done}`) as JavaScript: operators, the standard library, variables. */
import type { AnyNode, Expression, SpreadElement } from 'acorn';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { atom, member } from '../js-text.ts';
import { chainOf, rewriteExpression, Unmappable } from '../rewrite-expression.ts';
import { literalValue, objectValue, pathOf, textOf, textValue, type Value } from '../value.ts';
import { callFunction } from './google-library.ts';

export type Vars = ReadonlyMap<string, Value>;

export const isExpression = (value: JsonValue | undefined): value is string =>
  typeof value === 'string' && /^\s*\$\{[\s\S]*\}\s*$/.test(value);

/** Every text in `${}` is an expression, at any depth. */
export function googleValue(value: JsonValue, vars: Vars): Value {
  if (isExpression(value)) return expressionValue(value.trim().slice(2, -1), vars);
  if (Array.isArray(value)) return { kind: 'list', items: value.map((one) => googleValue(one, vars)) };
  if (!isJsonObject(value)) return literalValue(value);
  return objectValue(Object.entries(value).map(([key, one]) => [key, googleValue(one, vars)] as const));
}

export function expressionValue(source: string, vars: Vars): Value {
  const found: Value[] = [];
  const rewritten = rewriteExpression(asJavaScript(source), (node, render) => {
    const value = variable(node, vars, render);
    if (value === null) return special(node, vars, render);
    found.push(value);
    return atom(textOf(value));
  });
  if (!rewritten.ok) throw new Unmappable(rewritten.reason);
  const [only] = found;
  if (only !== undefined && found.length === 1 && atom(textOf(only)) === rewritten.text) return only;
  return textValue(atom(rewritten.text));
}

const token =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|==|!=|\/\/|(?<![\w.])(?:and|or|not)(?!\w)|(?<![\w.])(?:default|if)(?=\s*\()|[\s\S]/g;

/** `//` divides to a whole number: written as two divisions by a name that only this file knows, it keeps its place among operators. */
function asJavaScript(source: string): string {
  return source.replace(token, (text) => {
    switch (text) {
      case '==':
        return '===';
      case '!=':
        return '!==';
      case 'and':
        return '&&';
      case 'or':
        return '||';
      case 'not':
        return '!';
      case 'default':
      case 'if':
        return `$${text}`; // keywords of JavaScript
      case '//':
        return '/ $whole /';
      default:
        return text;
    }
  });
}

function variable(node: AnyNode, vars: Vars, render: (node: AnyNode) => string): Value | null {
  if (node.type !== 'MemberExpression' && node.type !== 'Identifier') return null;
  const chain = chainOf(node);
  if (chain === null || chain.root.type !== 'Identifier') return computed(node, render);
  const { name } = chain.root;
  if (name === '$whole') return null;
  const value = vars.get(name);
  if (value === undefined) throw new Unmappable(`${name.slice(0, 100)} is not assigned before`);
  return pathOf(value, chain.keys);
}

/** `map[key]` */
function computed(node: AnyNode, render: (node: AnyNode) => string): Value | null {
  if (node.type !== 'MemberExpression') return null;
  const object = render(node.object);
  if (!node.computed) return node.property.type === 'Identifier' ? textValue(member(object, node.property.name)) : null;
  return textValue(`${atom(object)}?.[${render(node.property)}]`);
}

function special(node: AnyNode, vars: Vars, render: (node: AnyNode) => string): string | null {
  switch (node.type) {
    case 'CallExpression':
      return callText(node.callee, node.arguments, vars, render);
    case 'BinaryExpression':
      return binary(node, render);
    case 'Literal':
      return 'regex' in node && node.regex !== undefined ? refuse() : null;
    case 'Identifier':
    case 'LogicalExpression':
    case 'UnaryExpression':
    case 'ParenthesizedExpression':
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'Property':
      return null;
    default:
      return refuse();
  }
}

function refuse(): never {
  throw new Unmappable('this is no expression of Google Workflows');
}

function binary(node: Extract<AnyNode, { type: 'BinaryExpression' }>, render: (node: AnyNode) => string): string | null {
  const { left, right, operator } = node;
  if (operator === 'in') {
    const [key, holder] = [atom(render(left)), atom(render(right))];
    return `(Array.isArray(${holder}) ? ${holder}.includes(${key}) : Object.hasOwn(${holder}, ${key}))`;
  }
  const isWhole = operator === '/' && left.type === 'BinaryExpression' && left.operator === '/' && isMark(left.right);
  return isWhole ? `Math.floor(${atom(render(left.left))} / ${atom(render(right))})` : null;
}

const isMark = (node: AnyNode): boolean => node.type === 'Identifier' && node.name === '$whole';

function callText(
  callee: AnyNode,
  args: readonly (Expression | SpreadElement)[],
  vars: Vars,
  render: (node: AnyNode) => string,
): string {
  const chain = chainOf(callee);
  const name = chain?.root.type === 'Identifier' ? [chain.root.name.replace(/^\$/, ''), ...chain.keys].join('.') : '';
  if (vars.has(name)) throw new Unmappable(`${name} is a variable, not a function`);
  return callFunction(
    name,
    args.map((one) => render(one)),
  );
}

/** Keys of an assignment's target: `a`, `a.b`, `a["b"]`, `a[0]`, `a[key]`. */
export function targetOf(target: string): {
  readonly name: string;
  readonly keys: readonly (string | number | { readonly expression: string })[];
} {
  const [name = ''] = /^[A-Za-z_]\w*/.exec(target.trim()) ?? [];
  const keys: (string | number | { readonly expression: string })[] = [];
  let rest = target.trim().slice(name.length);
  while (rest !== '') {
    const match = /^(?:\.([A-Za-z_]\w*)|\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\[([^[\]]+)\])/.exec(rest);
    if (match === null || name === '') throw new Unmappable(`${target.slice(0, 100)} cannot be assigned to here`);
    const [whole, dotted, quoted, index, expression] = match;
    keys.push(dotted ?? quoted ?? (index === undefined ? { expression: expression ?? '' } : Number(index)));
    rest = rest.slice(whole.length);
    if (keys.length > 20) throw new Unmappable(`${target.slice(0, 100)} goes too deep to be assigned to`);
  }
  return { name, keys };
}

/** The variable with another value at a place. */
export function assignedValue(before: Value, keys: ReturnType<typeof targetOf>['keys'], value: Value, vars: Vars): Value {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  const at = typeof key === 'object' ? textOf(expressionValue(key.expression, vars)) : key;
  const inner = typeof key === 'object' ? textValue(`${atom(textOf(before))}?.[${at}]`) : pathOf(before, [key]);
  const changed = assignedValue(inner, rest, value, vars);
  if (typeof key === 'string') return objectValue([[key, changed]], before);
  if (typeof key === 'number') return textValue(`${atom(textOf(before))}.with(${key}, ${textOf(changed)})`);
  return textValue(`({ ...${atom(textOf(before))}, [${at}]: ${textOf(changed)} })`);
}
