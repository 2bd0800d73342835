/**
 * Walks an expression and reports every name it takes from outside: chains of data (`steps.a.output.b`), other names, and calls of
 * `execution.callbackUrl`. Names that the expression declares itself are not reported. Visits each node once and reads each chain once: the
 * work is in proportion to the expression.
 */
import type { AnyNode, CallExpression, Expression, Identifier, MemberExpression } from 'acorn';
import { type DataChain, followChain, isCallbackUrl } from './data-path.ts';
import { isDataRoot } from './data-roots.ts';
import { childNodes, createNameScopes, type DeclaredNames, type NameScopes } from './name-scopes.ts';
import { NestedTooDeeply, nestedTooDeeply } from './nesting-guard.ts';
import { expressionLimits } from './parse-expression.ts';

/** What to do after a chain was reported: nothing, look at its computed keys, or walk its parts one by one. */
export type Verdict = 'stop' | 'keys' | 'parts';

export type NameReport = {
  /** `guarded`: the place expects that the value may be absent (`?.` follows, left of `??`, `typeof`). */
  data(chain: DataChain, declared: DeclaredNames, guarded: boolean): Verdict;
  name(node: Identifier): void;
  /** `execution.callbackUrl(...)`, the whole call. */
  callbackUrl(call: CallExpression, declared: DeclaredNames): void;
  /** `{ input }`: the name stands for key and value. */
  shorthand?(node: Identifier): void;
};

/** No chain is to be read before `node` is reached; `through`: parentheses do not matter. */
type Barren = { readonly node: AnyNode; readonly through: boolean };

/** Where a node stands: `link` = more of the same chain follows; `target` = it is assigned to, so it is no value. */
type Place = {
  readonly link?: boolean;
  readonly guarded?: boolean;
  readonly target?: boolean;
  readonly barren?: Barren | undefined;
};

const plain: Place = {};
const target: Place = { target: true };

type Walk = {
  readonly report: NameReport;
  readonly scopes: NameScopes;
  level: number;
};

/** False where the tree is nested too deeply to go on. */
export function walkNames(root: Expression, report: NameReport): boolean {
  try {
    visit(root, plain, { report, scopes: createNameScopes(), level: 0 });
    return true;
  } catch (error) {
    if (error instanceof NestedTooDeeply) return false;
    throw error;
  }
}

function visit(node: AnyNode, place: Place, walk: Walk): void {
  if (walk.level > expressionLimits.nesting) throw nestedTooDeeply;
  walk.level += 1;
  const names = walk.scopes.enter(node);
  visitInside(node, place, walk);
  walk.scopes.leave(names);
  walk.level -= 1;
}

function visitInside(node: AnyNode, place: Place, walk: Walk): void {
  const { report, scopes } = walk;
  const go: Go = (child, at = plain) => {
    if (child) visit(child, at, walk);
  };
  const barren = readHere(node, place, walk, go);
  if (barren === 'done') return;

  switch (node.type) {
    case 'Identifier':
      if (!isDataRoot(node.name) && !scopes.has(node.name)) report.name(node);
      return;
    case 'MemberExpression':
      walkMember(node, go, barren);
      return;
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      go(node.expression, place.target === true ? target : { barren: barren?.through === true ? barren : undefined });
      return;
    case 'CallExpression':
      if (isCallbackUrl(node.callee) && !scopes.has('execution')) {
        report.callbackUrl(node, scopes);
        return;
      }
      walkCallee(node.callee, go);
      for (const argument of node.arguments) go(argument);
      return;
    case 'TaggedTemplateExpression':
      walkCallee(node.tag, go);
      for (const expression of node.quasi.expressions) go(expression);
      return;
    case 'UpdateExpression':
      go(node.argument, target);
      return;
    case 'UnaryExpression':
      go(node.argument, node.operator === 'delete' ? target : { guarded: node.operator === 'typeof' });
      return;
    case 'LogicalExpression':
      go(node.left, { guarded: node.operator === '??' });
      go(node.right);
      return;
    case 'Property':
      if (node.shorthand && isFreeRoot(node.value, scopes)) report.shorthand?.(node.value);
      if (node.computed) go(node.key);
      go(node.value, place);
      return;
    case 'MethodDefinition':
    case 'PropertyDefinition':
      if (node.computed) go(node.key);
      go(node.value);
      return;
    case 'LabeledStatement':
      go(node.body);
      return;
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return;
    case 'ForInStatement':
    case 'ForOfStatement':
      go(node.left, target);
      go(node.right);
      go(node.body);
      return;
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      go(node.left, target);
      go(node.right);
      return;
    case 'ArrayPattern':
    case 'ObjectPattern':
    case 'RestElement':
      for (const child of childNodes(node)) go(child, target);
      return;
    default:
      for (const child of childNodes(node)) go(child);
  }
}

type Go = (child: AnyNode | null | undefined, at?: Place) => void;

/** Reports the chain that `node` is. `done`: nothing more is to be walked in it; else where the next chain can begin. */
function readHere(node: AnyNode, place: Place, { report, scopes }: Walk, go: Go): Barren | 'done' | undefined {
  if (place.target === true || !mayBeChain.has(node.type)) return undefined;
  if (place.barren !== undefined && place.barren.node !== node) return place.barren;
  const chain = followChain(node);
  if ('end' in chain) return { node: chain.end, through: true };
  if (scopes.has(chain.root)) return { node: chain.links[0]?.node.object ?? node, through: true };
  if (place.link === true) {
    // `a?.b.c()` must short-circuit past c, so inside a longer chain only what stands before the first `?.` is a value of its own.
    const optional = chain.links.find((link) => link.optional);
    if (optional !== undefined) return { node: optional.node.object, through: false };
  }
  const verdict = report.data(chain, scopes, place.guarded === true);
  if (verdict === 'keys') for (const link of chain.links) if (typeof link.key !== 'string') go(link.key);
  if (verdict !== 'parts') return 'done';
  // A part that still has a computed key would be answered alike.
  const computed = chain.links.find((link) => typeof link.key !== 'string');
  return computed && { node: computed.node.object, through: true };
}

const mayBeChain: ReadonlySet<AnyNode['type']> = new Set<AnyNode['type']>([
  ...(['Identifier', 'MemberExpression', 'ParenthesizedExpression', 'ChainExpression'] as const),
]);

function walkMember(node: MemberExpression, go: Go, barren?: Barren): void {
  go(node.object, { link: true, guarded: node.optional === true, barren });
  if (node.computed) go(node.property);
}

/** A method is looked up on its object: the object is data, the method is not. */
function walkCallee(callee: AnyNode, go: Go): void {
  if (callee.type === 'MemberExpression') walkMember(callee, go);
  else go(callee);
}

function isFreeRoot(node: AnyNode, declared: DeclaredNames): node is Identifier {
  return node.type === 'Identifier' && isDataRoot(node.name) && !declared.has(node.name);
}
