/** Whether a value has an expression somewhere: what it will be is known only when the step runs. */
import type { JsonValue } from '../model/json.ts';

export function isTemplate(value: unknown): value is string {
  return typeof value === 'string' && value.includes('{{');
}

export function containsTemplate(value: unknown): boolean {
  if (isTemplate(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(containsTemplate);
}

/** Every text with an expression in it, with its path. */
export function* templatesIn(
  value: JsonValue,
  path: readonly (string | number)[] = [],
): Generator<{ readonly text: string; readonly path: readonly (string | number)[] }> {
  if (isTemplate(value)) yield { text: value, path };
  else if (Array.isArray(value)) for (const [at, element] of value.entries()) yield* templatesIn(element, [...path, at]);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, element] of Object.entries(value)) yield* templatesIn(element, [...path, key]);
  }
}
