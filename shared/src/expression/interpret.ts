/**
 * Compiles the cheap part of the expression language to closures: data paths, literals, arithmetic, comparison, logic, ternary, template
 * strings, array and object literals. Operators take primitive operands only. Whatever else comes, in syntax (null is answered) or at
 * run time (LeaveToSandbox is thrown), belongs to the sandbox: the two agree wherever both give an answer.
 */
import type { BinaryExpression, CallExpression, Expression, UnaryExpression } from 'acorn';
import { isCallbackUrl, type Value } from './data-path.ts';
import { isDataRoot } from './data-roots.ts';
import { type CompileContext, LeaveToSandbox, primitive, type Run, spend } from './native-frame.ts';
import { compileArray, compileObject } from './native-literals.ts';
import { operators } from './native-operators.ts';
import { compilePath } from './native-path.ts';

export function compileNative(node: Expression, context: CompileContext): Run | null {
  switch (node.type) {
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return compileNative(node.expression, context);
    case 'Literal':
      return compileLiteral(node.value);
    case 'Identifier':
      return compileIdentifier(node.name, node, context);
    case 'MemberExpression':
      return compilePath(node, context, compileNative);
    case 'TemplateLiteral':
      return compileTemplate(
        node.quasis.map((quasi) => quasi.value.cooked ?? ''),
        node.expressions,
        context,
      );
    case 'UnaryExpression':
      return compileUnary(node, context);
    case 'BinaryExpression':
      return compileBinary(node, context);
    case 'LogicalExpression': {
      const left = compileNative(node.left, node.operator === '??' ? { ...context, quiet: true } : context);
      const right = compileNative(node.right, context);
      if (!left || !right) return null;
      if (node.operator === '&&') return (frame) => left(frame) && right(frame);
      if (node.operator === '||') return (frame) => left(frame) || right(frame);
      return (frame) => left(frame) ?? right(frame);
    }
    case 'ConditionalExpression': {
      const test = compileNative(node.test, context);
      const yes = compileNative(node.consequent, context);
      const no = compileNative(node.alternate, context);
      return test && yes && no && ((frame) => (test(frame) ? yes(frame) : no(frame)));
    }
    case 'ArrayExpression':
      return compileArray(node, context, compileNative);
    case 'ObjectExpression':
      return compileObject(node, context, compileNative);
    case 'CallExpression':
      return compileCallbackUrl(node, context);
    default:
      return null;
  }
}

function compileLiteral(value: unknown): Run | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return () => value;
  return null;
}

function compileIdentifier(name: string, node: Expression, context: CompileContext): Run | null {
  if (context.isShadowed(name)) return null;
  if (name === 'undefined') return () => undefined;
  if (name === 'NaN') return () => Number.NaN;
  if (name === 'Infinity') return () => Number.POSITIVE_INFINITY;
  return isDataRoot(name) ? compilePath(node, context, compileNative) : null;
}

function compileTemplate(texts: readonly string[], expressions: readonly Expression[], context: CompileContext): Run | null {
  const runs = compileAll(expressions, context);
  if (!runs) return null;
  return (frame) => {
    let result = texts[0] ?? '';
    for (const [index, run] of runs.entries()) result += `${String(primitive(run(frame)))}${texts[index + 1] ?? ''}`;
    return spend(frame, result.length, result);
  };
}

function compileUnary(node: UnaryExpression, context: CompileContext): Run | null {
  const argument = compileNative(node.argument, node.operator === 'typeof' ? { ...context, quiet: true } : context);
  if (!argument) return null;
  switch (node.operator) {
    case '!':
      return (frame) => !argument(frame);
    case '-':
      return (frame) => -number(argument(frame));
    case '+':
      return (frame) => number(argument(frame));
    case '~':
      return (frame) => ~number(argument(frame));
    case 'typeof':
      return (frame) => typeof argument(frame);
    default:
      return null;
  }
}

function compileBinary(node: BinaryExpression, context: CompileContext): Run | null {
  if (node.left.type === 'PrivateIdentifier') return null;
  const left = compileNative(node.left, context);
  const right = compileNative(node.right, context);
  const operate = operators[node.operator];
  if (!left || !right || !operate) return null;
  return (frame) => operate(primitive(left(frame)), primitive(right(frame)), frame);
}

function number(value: Value): number {
  return Number(primitive(value));
}

/** `execution.callbackUrl(nodeId)` is the only call known here. */
function compileCallbackUrl(node: CallExpression, context: CompileContext): Run | null {
  const [argument] = node.arguments;
  if (!isCallbackUrl(node.callee) || context.isShadowed('execution')) return null;
  if (node.arguments.length !== 1 || !argument || argument.type === 'SpreadElement') return null;
  const nodeId = compileNative(argument, context);
  return (
    nodeId &&
    ((frame) => {
      const id = nodeId(frame);
      if (typeof id !== 'string' || !frame.scope.callbackUrl) throw LeaveToSandbox;
      return frame.scope.callbackUrl(id);
    })
  );
}
function compileAll(nodes: readonly Expression[], context: CompileContext): Run[] | null {
  const runs: Run[] = [];
  for (const node of nodes) {
    const run = compileNative(node, context);
    if (!run) return null;
    runs.push(run);
  }
  return runs;
}
