import type { JsonValue } from '../model/json.ts';

/** Deeper values would exhaust the stack of whoever serialises them. */
export const maxJsonDepth = 256;

/** True where `value` has more than `limit` levels of lists and objects. Bounded stack whatever the nesting. */
export function deeperThan(value: JsonValue, limit: number): boolean {
  let level: readonly JsonValue[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    const next: JsonValue[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      for (const child of Array.isArray(one) ? one : Object.values(one))
        if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}
