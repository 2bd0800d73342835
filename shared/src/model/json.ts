/**
 * JSON as data. Opaque values (inputs, outputs, params) are `JsonValue` everywhere: parsed, never trusted, never evaluated.
 */
import { z } from 'zod';

export type JsonPrimitive = string | number | boolean | null;
export type JsonValue = JsonPrimitive | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

/** True for plain objects (not arrays, not null). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own property, never the prototype's: `ownValue({}, 'constructor')` is undefined. */
export function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * Any JSON value, typed as ours. Not walked: what is parsed with it came out of JSON (a document, a body) and is JSON by construction;
 * walking it again for every stored step would cost more than the step.
 */
export const Json = z.unknown() as z.ZodType<JsonValue>;
