/**
 * Schemas of params that may hold any JSON value. They check presence only: the value came out of a definition or an expression, is JSON
 * by construction and may be large, so that walking it again for every step would cost time and find nothing.
 */
import { z } from 'zod';
import type { JsonValue } from './json.ts';

/** What a form offers first for such a param: a condition builder, an expression field or a JSON field. Durations say `duration`. */
export type ParamHint = 'condition' | 'expression' | 'json';

/** Any JSON value, null included; absent only with `.optional()`. `hint` travels into the JSON Schema as `x-hint`. */
export function anyJson(description: string, hint: ParamHint = 'json'): z.ZodType<JsonValue> {
  // z.unknown() infers `unknown`; see above for why the value is JSON.
  return z.unknown().describe(description).meta({ 'x-hint': hint }) as z.ZodType<JsonValue>;
}

/** Judged by JavaScript's truthiness after its expression was evaluated. */
export function condition(description: string): z.ZodType<JsonValue> {
  return anyJson(
    `${description} An expression such as {{ input.total > 100 }}; null, false, 0 and "" count as false.`,
    'condition',
  );
}
