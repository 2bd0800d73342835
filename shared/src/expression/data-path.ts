/**
 * `input.body.items[0].name` read as a chain: a data root and keys. Only OWN properties are read, so `constructor`, `__proto__` and the
 * like lead nowhere; a step that leads nowhere gives undefined and never throws.
 */
import type { AnyNode, Expression, MemberExpression } from 'acorn';
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts';
import type { EvaluationScope } from '../ports/evaluator.ts';
import { type DataRoot, isDataRoot } from './data-roots.ts';

/** undefined where JavaScript would have undefined: it becomes null only when it leaves the expression. */
export type Value = JsonValue | undefined;

export type ChainLink = {
  /** A fixed key, or the expression that computes it. */
  readonly key: string | Expression;
  /** Written `?.`: the author expects that the value before may be absent. */
  readonly optional: boolean;
  readonly node: MemberExpression;
};

export type DataChain = { readonly root: DataRoot; readonly links: readonly ChainLink[]; readonly node: Expression };

/** null where `node` is not a chain that starts at a data root (shadowing is the caller's to check). */
export function readChain(node: AnyNode): DataChain | null {
  const read = followChain(node);
  return 'root' in read ? read : null;
}

/** The chain, or `end`: where it turned out to be none. Between `node` and `end` no other begins. */
export function followChain(node: AnyNode): DataChain | { readonly end: AnyNode } {
  const links: ChainLink[] = [];
  let at: AnyNode = node;
  for (;;) {
    if (at.type === 'ParenthesizedExpression' || at.type === 'ChainExpression') at = at.expression;
    else if (at.type === 'MemberExpression') {
      const key = memberKey(at);
      if (key === null) return { end: at };
      links.push({ key, optional: at.optional === true, node: at });
      at = at.object;
    } else break;
  }
  if (at.type !== 'Identifier' || !isDataRoot(at.name)) return { end: at };
  return { root: at.name, links: links.reverse(), node: node as Expression }; // members and identifiers are expressions
}

function memberKey(node: MemberExpression): string | Expression | null {
  if (node.property.type === 'PrivateIdentifier') return null;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : null;
  if (node.property.type === 'Literal') {
    const { value } = node.property;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  return node.property;
}

/** The id in `steps.<id>` or `steps['<id>']`; null where it is computed or `steps` stands alone. */
export function stepId(chain: DataChain): string | null {
  const key = chain.root === 'steps' ? chain.links[0]?.key : undefined;
  return typeof key === 'string' ? key : null;
}

export function readKey(value: Value, key: string): Value {
  if (typeof value === 'object') {
    if (value === null) return undefined;
    if (!Array.isArray(value)) return isJsonObject(value) ? ownValue(value, key) : undefined;
    if (key === 'length') return value.length;
    return Object.hasOwn(value, key) ? value[Number(key)] : undefined;
  }
  if (typeof value === 'string') {
    if (key === 'length') return value.length;
    return Object.hasOwn(Object(value), key) ? value[Number(key)] : undefined;
  }
  return undefined;
}

/** The value of a root other than `steps`. */
export function readRoot(root: Exclude<DataRoot, 'steps'>, scope: EvaluationScope): Value {
  return scope[root];
}

/** `execution.callbackUrl`, the one function among the data. */
export function isCallbackUrl(callee: AnyNode): boolean {
  const chain = callee.type === 'MemberExpression' ? readChain(callee) : null;
  return chain?.root === 'execution' && chain.links.length === 1 && chain.links[0]?.key === 'callbackUrl';
}

/** The path as written, without blanks. */
export function pathLabel(chain: DataChain, source: string): string {
  return source.slice(chain.node.start, chain.node.end).replace(/\s+/g, '');
}
