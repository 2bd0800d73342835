import type { JsonValue } from '../model/json.ts';

/** Roughly the characters that `value` takes as JSON; stops counting above `limit`. Bounded stack whatever the nesting. */
export function jsonSize(value: JsonValue, limit: number): number {
  const pending: JsonValue[] = [value];
  let size = 0;
  for (let next = pending.pop(); next !== undefined && size <= limit; next = pending.pop()) {
    if (typeof next === 'string') size += next.length + 2;
    else if (typeof next !== 'object' || next === null) size += 6;
    else if (Array.isArray(next)) {
      size += 2 + next.length;
      for (const one of next) pending.push(one);
    } else {
      for (const [key, one] of Object.entries(next)) {
        size += key.length + 4;
        pending.push(one);
      }
    }
  }
  return size;
}
