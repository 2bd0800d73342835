/** Rewrites names and calls of a JavaScript expression and leaves the rest of its text as it is. Parsed, never run. */
import type { AnyNode } from 'acorn';
import { parseExpression } from '../expression/parse-expression.ts';

export type Rewritten = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** What a node becomes; null = look into it. Throws Unmappable where it has no like. */
export type Replace = (node: AnyNode, render: (node: AnyNode) => string) => string | null;

export class Unmappable extends Error {
  override name = 'Unmappable';
}

/** A flow.switch has at most 64 cases. */
export function requireWays(count: number): void {
  if (count > 64) throw new Unmappable(`It has ${count} cases; 64 are the most that one step has here.`);
}

const deepest = 150;

/** Characters of what is written: functions that name their argument twice would double it with each that is nested. */
const longest = 8_192;

export function rewriteExpression(source: string, replace: Replace): Rewritten {
  const parsed = parseExpression(source, 0);
  if (!parsed.ok) return { ok: false, reason: `it is no JavaScript expression: ${parsed.problem.message}` };
  if (source.slice(parsed.end).trim() !== '') return { ok: false, reason: 'something follows the expression' };
  let depth = 0;
  const render = (node: AnyNode): string => {
    depth += 1;
    if (depth > deepest) throw new Unmappable('it is nested too deeply');
    const text = replace(node, render) ?? spliced(source, node, render);
    if (text.length > longest) throw new Unmappable('it becomes too long to be written down');
    depth -= 1;
    return text;
  };
  try {
    return { ok: true, text: render(parsed.expression.node).trim() };
  } catch (error) {
    if (error instanceof Unmappable) return { ok: false, reason: error.message };
    throw error;
  }
}

function spliced(source: string, node: AnyNode, render: (node: AnyNode) => string): string {
  if (node.type === 'Property' && node.shorthand) return `${source.slice(node.key.start, node.key.end)}: ${render(node.value)}`;
  let text = '';
  let at = node.start;
  for (const child of childrenOf(node)) {
    text += source.slice(at, child.start) + render(child);
    at = child.end;
  }
  return text + source.slice(at, node.end);
}

/** In the order of the text. The names of members and properties are no names of data. */
function childrenOf(node: AnyNode): readonly AnyNode[] {
  const fields = Object.entries(node).filter(([key]) => !isPlainName(node, key));
  const children = fields.flatMap(([, value]: [string, unknown]) => [value].flat()).filter(isNode);
  return children.sort((a, b) => a.start - b.start);
}

function isPlainName(node: AnyNode, key: string): boolean {
  if (node.type === 'MemberExpression') return key === 'property' && !node.computed;
  return node.type === 'Property' && key === 'key' && !node.computed;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value && 'end' in value;
}

export type Key = string | number;

/** `a.b["c"][0]` as its root and keys; null where a key is computed. Parentheses around the root do not count. */
export function chainOf(node: AnyNode): { readonly root: AnyNode; readonly keys: readonly Key[] } | null {
  const keys: Key[] = [];
  let at: AnyNode = node;
  for (;;) {
    if (at.type === 'ChainExpression' || at.type === 'ParenthesizedExpression') at = at.expression;
    else if (at.type === 'MemberExpression') {
      const key = keyOf(at);
      if (key === null) return keys.length === 0 && at === node ? null : { root: at, keys: keys.reverse() };
      keys.push(key);
      at = at.object;
    } else return { root: at, keys: keys.reverse() };
  }
}

function keyOf(node: Extract<AnyNode, { type: 'MemberExpression' }>): Key | null {
  const { property, computed } = node;
  if (!computed) return property.type === 'Identifier' ? property.name : null;
  return property.type === 'Literal' && (typeof property.value === 'string' || typeof property.value === 'number')
    ? property.value
    : null;
}
