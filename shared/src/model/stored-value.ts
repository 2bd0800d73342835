/**
 * A value as a document holds it: itself, or a reference to a blob where it is larger than `inlineLimitBytes`, or a reference to a
 * for-each's results, which stay where the items' steps left them.
 */
import { z } from 'zod';
import { Json, type JsonValue } from './json.ts';

export const inlineLimitBytes = 32 * 1024;
/** A step's output and a for-each's collected items may not be larger than this. */
export const outputLimitBytes = 8 * 1024 * 1024;
/** An execution's input: room for a webhook body of 10 MiB, merged fields and encoding included. */
export const inputLimitBytes = 32 * 1024 * 1024;

export type StoredValue =
  | { readonly v: JsonValue }
  | { readonly blob: string; readonly bytes: number }
  /** Results of the for-each node `loop`, entered in `scope`. */
  | { readonly loop: string; readonly scope: string; readonly count: number };

export const StoredValue: z.ZodType<StoredValue> = z.union([
  z.strictObject({ blob: z.string(), bytes: z.int() }),
  z.strictObject({ loop: z.string(), scope: z.string(), count: z.int() }),
  z.strictObject({ v: Json }),
]);
