/**
 * Compiles the cheap part of the expression language to closures: data paths, literals, arithmetic, comparison, logic, ternary, template
 * strings, array and object literals. Operators take primitive operands only. Whatever else comes, in syntax (null is answered) or at
 * run time (LeaveToSandbox is thrown), belongs to the sandbox: the two agree wherever both give an answer.
 */
import type { ArrayExpression, BinaryExpression, CallExpression, Expression, ObjectExpression, UnaryExpression } from 'acorn';
import type { JsonValue } from '../model/json.ts';
import type { EvaluationScope } from '../ports/evaluator.ts';
import { type DataChain, isCallbackUrl, pathLabel, readChain, readKey, readRoot, stepId, type Value } from './data-path.ts';
import { isDataRoot } from './data-roots.ts';

export type Frame = {
  readonly scope: EvaluationScope;
  readonly missing: Set<string>;
  /** What may still be built natively (characters and elements); more is the sandbox's, which has a memory limit. */
  budget: number;
};

export type Run = (frame: Frame) => Value;

export type CompileContext = {
  /** For the text of paths. */
  readonly text: string;
  readonly isShadowed: (name: string) => boolean;
  /** The author expects absence (left of `??`, `typeof`): not noted as missing. */
  readonly quiet?: boolean;
};

/** Not an Error: it carries nothing and must cost nothing. */
export const LeaveToSandbox: unique symbol = Symbol('leave to sandbox');

export const nativeBudget = 1_048_576;

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
      return compilePath(node, context);
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
      return compileArray(node, context);
    case 'ObjectExpression':
      return compileObject(node, context);
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
  return isDataRoot(name) ? compilePath(node, context) : null;
}

/** A chain from a data root over own properties; null where a key cannot be computed natively. */
export function compilePath(node: Expression, context: CompileContext): Run | null {
  const chain = readChain(node);
  if (!chain || context.isShadowed(chain.root)) return null;
  const keys: (string | Run)[] = [];
  for (const link of chain.links) {
    const key = typeof link.key === 'string' ? link.key : compileNative(link.key, context);
    if (key === null) return null;
    keys.push(key);
  }
  const label = pathLabel(chain, context.text);
  const quietAt = chain.links.map((link) => context.quiet === true || link.optional);
  if (chain.root === 'steps') return compileStepPath(chain, keys, quietAt, label);
  const root = chain.root;
  return (frame) => follow(readRoot(root, frame.scope), keys, quietAt, 0, label, context.quiet === true, frame);
}

/** `steps.<id>` is `{output}` for a step that has run; there is no object of all steps. */
function compileStepPath(
  chain: DataChain,
  keys: readonly (string | Run)[],
  quietAt: readonly boolean[],
  label: string,
): Run | null {
  const id = stepId(chain);
  if (id === null) return null;
  const alone = keys.length === 1;
  return (frame) => {
    const output = frame.scope.steps.get(id);
    if (alone) {
      if (output !== undefined) return { output };
      if (!quietAt[0]) frame.missing.add(label);
      return undefined;
    }
    const key = keys[1];
    if ((typeof key === 'function' ? propertyKey(key(frame)) : key) !== 'output' || output === undefined) {
      if (!quietAt[1]) frame.missing.add(label);
      return undefined;
    }
    return follow(output, keys, quietAt, 2, label, false, frame);
  };
}

function follow(
  start: Value,
  keys: readonly (string | Run)[],
  quietAt: readonly boolean[],
  from: number,
  label: string,
  quiet: boolean,
  frame: Frame,
): Value {
  let value = start;
  if (value === undefined && !quiet && !quietAt[from]) frame.missing.add(label);
  for (let at = from; at < keys.length; at += 1) {
    const key = keys[at];
    const absentBefore = value === undefined || value === null;
    value = readKey(value, typeof key === 'function' ? propertyKey(key(frame)) : (key ?? ''));
    if (value !== undefined) continue;
    // `a?.b` expects that a may be absent, and then says nothing of b and what follows.
    const expected = absentBefore ? quietAt[at] : quiet;
    if (!expected) frame.missing.add(label);
    return undefined;
  }
  return value;
}

function propertyKey(key: Value): string {
  if (typeof key === 'object' && key !== null) throw LeaveToSandbox;
  return String(key);
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

type Primitive = string | number | boolean | null | undefined;
type Operate = (left: Primitive, right: Primitive, frame: Frame) => Value;

/** JavaScript's own operators; the casts only tell the compiler that they take any primitive. */
const operators: Partial<Record<string, Operate>> = {
  '+': (left, right, frame) => {
    if (typeof left !== 'string' && typeof right !== 'string') return Number(left) + Number(right);
    const result = String(left) + String(right);
    return spend(frame, result.length, result);
  },
  '-': (left, right) => Number(left) - Number(right),
  '*': (left, right) => Number(left) * Number(right),
  '/': (left, right) => Number(left) / Number(right),
  '%': (left, right) => Number(left) % Number(right),
  '**': (left, right) => Number(left) ** Number(right),
  '&': (left, right) => Number(left) & Number(right),
  '|': (left, right) => Number(left) | Number(right),
  '^': (left, right) => Number(left) ^ Number(right),
  '<<': (left, right) => Number(left) << Number(right),
  '>>': (left, right) => Number(left) >> Number(right),
  '>>>': (left, right) => Number(left) >>> Number(right),
  '===': (left, right) => left === right,
  '!==': (left, right) => left !== right,
  // biome-ignore lint/suspicious/noDoubleEquals: the author of the expression wrote it
  '==': (left, right) => left == right,
  // biome-ignore lint/suspicious/noDoubleEquals: the author of the expression wrote it
  '!=': (left, right) => left != right,
  '<': (left, right) => (left as number) < (right as number),
  '<=': (left, right) => (left as number) <= (right as number),
  '>': (left, right) => (left as number) > (right as number),
  '>=': (left, right) => (left as number) >= (right as number),
};

function primitive(value: Value): Primitive {
  if (typeof value === 'object' && value !== null) throw LeaveToSandbox;
  return value;
}

function number(value: Value): number {
  return Number(primitive(value));
}

function spend<T>(frame: Frame, amount: number, result: T): T {
  frame.budget -= amount;
  if (frame.budget < 0) throw LeaveToSandbox;
  return result;
}

function compileArray(node: ArrayExpression, context: CompileContext): Run | null {
  const elements: { readonly run: Run; readonly spread: boolean }[] = [];
  for (const element of node.elements) {
    if (element === null) return null;
    const spread = element.type === 'SpreadElement';
    const run = compileNative(spread ? element.argument : element, context);
    if (!run) return null;
    elements.push({ run, spread });
  }
  return (frame) => {
    const result: JsonValue[] = [];
    for (const { run, spread } of elements) {
      const value = run(frame);
      if (!spread) result.push(toJson(value));
      else if (!Array.isArray(value)) throw LeaveToSandbox;
      else for (const one of spend(frame, value.length, value)) result.push(toJson(one));
    }
    return spend(frame, elements.length, result);
  };
}

type Member = { readonly key: string | Run; readonly run: Run } | { readonly spread: Run };

function compileObject(node: ObjectExpression, context: CompileContext): Run | null {
  const members: Member[] = [];
  for (const property of node.properties) {
    const member = compileMember(property, context);
    if (!member) return null;
    members.push(member);
  }
  return (frame) => {
    const entries: [string, JsonValue][] = [];
    for (const member of members) {
      if ('spread' in member) {
        const value = member.spread(frame);
        if (value === undefined || value === null) continue;
        if (typeof value !== 'object' || Array.isArray(value)) throw LeaveToSandbox;
        const own = Object.entries(value);
        for (const [key, one] of spend(frame, own.length, own)) entries.push([key, one]);
        continue;
      }
      const key = typeof member.key === 'string' ? member.key : String(primitive(member.key(frame)));
      const value = member.run(frame);
      // An undefined member must still hide an earlier one of the same name; that is rare enough for the sandbox.
      if (value !== undefined) entries.push([key, toJson(value)]);
      else if (entries.some(([name]) => name === key)) throw LeaveToSandbox;
    }
    return spend(frame, members.length, Object.fromEntries(entries));
  };
}

function compileMember(property: ObjectExpression['properties'][number], context: CompileContext): Member | null {
  if (property.type === 'SpreadElement') {
    const spread = compileNative(property.argument, context);
    return spread && { spread };
  }
  if (property.kind !== 'init' || property.method) return null;
  const run = compileNative(property.value, context);
  const key = property.computed ? compileNative(property.key, context) : fixedKey(property.key);
  // `__proto__: x` in a literal sets the prototype instead of a member.
  return run === null || key === null || key === '__proto__' ? null : { key, run };
}

function fixedKey(key: Expression): string | null {
  if (key.type === 'Identifier') return key.name;
  return key.type === 'Literal' && (typeof key.value === 'string' || typeof key.value === 'number') ? String(key.value) : null;
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

/** What leaves an expression is JSON: absent and not-a-number become null, minus zero becomes zero. */
export function toJson(value: Value): JsonValue {
  if (value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? (value === 0 ? 0 : value) : null;
  return value;
}
