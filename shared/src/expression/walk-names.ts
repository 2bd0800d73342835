/**
 * Walks an expression and reports every name it takes from outside: chains of data (`steps.a.output.b`), other names, and calls of
 * `execution.callbackUrl`. Names that the expression declares itself are not reported.
 */
import type { AnyNode, CallExpression, Expression, Identifier, MemberExpression } from 'acorn';
import { type DataChain, isCallbackUrl, readChain } from './data-path.ts';
import { isDataRoot } from './data-roots.ts';
import { childNodes, enterScope, isDeclared, type NameScope } from './name-scopes.ts';
import { expressionLimits } from './parse-expression.ts';

/** What to do after a chain was reported: nothing, look at its computed keys, or walk its parts one by one. */
export type Verdict = 'stop' | 'keys' | 'parts';

export type NameReport = {
  /** `guarded`: the place expects that the value may be absent (`?.` follows, left of `??`, `typeof`). */
  data(chain: DataChain, scope: NameScope | null, guarded: boolean): Verdict;
  name(node: Identifier): void;
  /** `execution.callbackUrl(...)`, the whole call. */
  callbackUrl(call: CallExpression, scope: NameScope | null): void;
  /** `{ input }`: the name stands for key and value. */
  shorthand?(node: Identifier): void;
};

/** Where a node stands: `link` = more of the same chain follows; `target` = it is assigned to, so it is no value. */
type Place = { readonly link?: boolean; readonly guarded?: boolean; readonly target?: boolean };

const plain: Place = {};
const target: Place = { target: true };

class NestedTooDeeply extends Error {}
/** One for all: an error looks at the stack as it is made, which is deep where this is thrown, and there may be many. */
const nestedTooDeeply = new NestedTooDeeply();

/** False where the tree is nested too deeply to go on. */
export function walkNames(root: Expression, report: NameReport): boolean {
  try {
    walk(root, null, 0, plain, report);
    return true;
  } catch (error) {
    if (error instanceof NestedTooDeeply) return false;
    throw error;
  }
}

function walk(node: AnyNode, outer: NameScope | null, level: number, place: Place, report: NameReport): void {
  if (level > expressionLimits.nesting) throw nestedTooDeeply;
  const scope = enterScope(node, outer);
  const depth = level + 1;
  const go = (child: AnyNode | null | undefined, at: Place = plain): void => {
    if (child) walk(child, scope, depth, at, report);
  };
  if (place.target !== true && reportChain(node, scope, place, report, go)) return;

  switch (node.type) {
    case 'Identifier':
      if (!isDeclared(node.name, scope) && !isDataRoot(node.name)) report.name(node);
      return;
    case 'MemberExpression':
      walkMember(node, go);
      return;
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      go(node.expression, place.target ? target : plain);
      return;
    case 'CallExpression':
      if (isCallbackUrl(node.callee) && !isDeclared('execution', scope)) {
        report.callbackUrl(node, scope);
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
      if (node.shorthand && isFreeRoot(node.value, scope)) report.shorthand?.(node.value);
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

/** True where `node` is a chain of data and nothing more is to be walked in it. */
function reportChain(node: AnyNode, scope: NameScope | null, place: Place, report: NameReport, go: Go): boolean {
  const chain = readChain(node);
  if (!chain || isDeclared(chain.root, scope)) return false;
  // `a?.b.c()` must short-circuit past c, so inside a longer chain only what stands before the first `?.` is a value of its own.
  if (place.link === true && chain.links.some((link) => link.optional)) return false;
  const verdict = report.data(chain, scope, place.guarded === true);
  if (verdict === 'keys') for (const link of chain.links) if (typeof link.key !== 'string') go(link.key);
  return verdict !== 'parts';
}

function walkMember(node: MemberExpression, go: Go): void {
  go(node.object, { link: true, guarded: node.optional === true });
  if (node.computed) go(node.property);
}

/** A method is looked up on its object: the object is data, the method is not. */
function walkCallee(callee: AnyNode, go: Go): void {
  if (callee.type === 'MemberExpression') walkMember(callee, go);
  else go(callee);
}

function isFreeRoot(node: AnyNode, scope: NameScope | null): node is Identifier {
  return node.type === 'Identifier' && isDataRoot(node.name) && !isDeclared(node.name, scope);
}
