/** JavaScript's operators on primitives, where they need no sandbox. */
import type { Value } from './data-path.ts';
import { type Frame, type Primitive, spend } from './native-frame.ts';

export type Operate = (left: Primitive, right: Primitive, frame: Frame) => Value;

// The casts only tell the compiler what JavaScript knows: these operators take any primitive.
export const operators: Partial<Record<string, Operate>> = {
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
