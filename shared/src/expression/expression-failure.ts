/**
 * The failure of an expression: what was written, where it went wrong and what KIND of values were involved. Contents never appear:
 * they may be secret, and the failure is stored and shown.
 */
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { StepFailure } from '../model/step-error.ts';

export type ExpressionErrorCode =
  | 'EXPRESSION_SYNTAX'
  | 'EXPRESSION_FAILED'
  | 'EXPRESSION_TIMEOUT'
  | 'EXPRESSION_MEMORY'
  | 'EXPRESSION_OUTPUT_TOO_LARGE'
  | 'EXPRESSION_UNSUPPORTED';

export type ExpressionPlace = {
  readonly expression: string;
  /** From 1, within the expression. */
  readonly line?: number;
  readonly column?: number;
  /** Kinds of the values it refers to: `{"steps.fetch.output": "object {status, body}"}`. */
  readonly values?: Readonly<Record<string, string>>;
};

const shownLength = 500;

export function expressionFailure(code: ExpressionErrorCode, message: string, place: ExpressionPlace): StepFailure {
  const details: Record<string, JsonValue> = { expression: place.expression.slice(0, shownLength) };
  if (place.line !== undefined) details.line = place.line;
  if (place.column !== undefined) details.column = place.column;
  if (place.values !== undefined) details.values = place.values satisfies JsonObject;
  return { code, message, class: 'other', retryable: false, details };
}

/** `string (12)`, `array (3) of object`, `object {id, name}`; `missing` for undefined. */
export function valueShape(value: JsonValue | undefined): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `string (${value.length})`;
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return value.length === 0 ? 'array (0)' : `array (${value.length}) of ${kindOf(value[0])}`;
  const keys = Object.keys(value);
  const named = keys.filter((key) => /^[A-Za-z_][A-Za-z_-]{0,23}$/.test(key)).slice(0, 10);
  return `object {${[...named, ...(named.length < keys.length ? ['...'] : [])].join(', ')}}`;
}

function kindOf(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
