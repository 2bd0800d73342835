/**
 * What the natively compiled parts of an expression share: the frame that they run in, the way out to the sandbox, and the bound on what
 * they may build.
 */
import type { Expression } from 'acorn';
import type { JsonValue } from '../model/json.ts';
import type { EvaluationScope } from '../ports/evaluator.ts';
import type { Value } from './data-path.ts';

export type Frame = {
  readonly scope: EvaluationScope;
  readonly missing: Set<string>;
  /** What may still be built natively (characters and elements); more is the sandbox's, which has a memory limit. */
  budget: number;
};

export type Run = (frame: Frame) => Value;

export type CompileContext = {
  /** The whole expression: for the text of paths. */
  readonly source: string;
  readonly isShadowed: (name: string) => boolean;
  /** The author expects absence (left of `??`, `typeof`): not noted as missing. */
  readonly quiet?: boolean;
};

/** Not an Error: it carries nothing and must cost nothing. */
export const LeaveToSandbox: unique symbol = Symbol('leave to sandbox');

/** Characters and elements per expression. */
export const nativeBudget = 1_048_576;

export type Compile = (node: Expression, context: CompileContext) => Run | null;

export type Primitive = string | number | boolean | null | undefined;

export function primitive(value: Value): Primitive {
  if (typeof value === 'object' && value !== null) throw LeaveToSandbox;
  return value;
}

export function spend<T>(frame: Frame, amount: number, result: T): T {
  frame.budget -= amount;
  if (frame.budget < 0) throw LeaveToSandbox;
  return result;
}

/** A large value costs nothing to refer to, but whoever refers to it a thousand times makes a bomb for the next serialisation. */
export function spendReference<T extends Value>(frame: Frame, value: T): T {
  return typeof value === 'object' && value !== null ? spend(frame, nativeBudget / 16, value) : value;
}

/** What leaves an expression is JSON: absent and not-a-number become null, minus zero becomes zero. */
export function toJson(value: Value): JsonValue {
  if (value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? (value === 0 ? 0 : value) : null;
  return value;
}
