/**
 * Looks at a value before anything recursive does: that it is JSON, not too large, not too deep, and names no `__proto__`. Iterative, so that
 * no depth can exhaust the stack; stops at the first limit that is passed.
 */
import type { ProblemCode } from './problem-catalogue.ts';

export type JsonLimits = { readonly bytes: number; readonly depth: number };

export type Measured =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: ProblemCode; readonly limit: number; readonly found: string };

type Level = { readonly values: readonly unknown[]; at: number };

export function measureJson(value: unknown, { bytes, depth }: JsonLimits): Measured {
  let size = 0;
  const levels: Level[] = [{ values: [value], at: 0 }];
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    if (level.at >= level.values.length) {
      levels.pop();
      continue;
    }
    const next = level.values[level.at++];
    if (typeof next === 'object' && next !== null) {
      if (levels.length > depth) return { ok: false, code: 'TOO_DEEP', limit: depth, found: '' };
      const keys = Array.isArray(next) ? [] : Object.keys(next);
      if (keys.includes('__proto__')) return { ok: false, code: 'FORBIDDEN_KEY', limit: 0, found: '__proto__' };
      for (const key of keys) size += key.length + 3;
      levels.push({ values: Array.isArray(next) ? next : Object.values(next), at: 0 });
      size += 2;
    } else {
      const own = primitiveSize(next);
      if (own === null)
        return { ok: false, code: 'NOT_JSON', limit: 0, found: typeof next === 'number' ? String(next) : typeof next };
      size += own;
    }
    if (size > bytes) return { ok: false, code: 'TOO_LARGE', limit: bytes, found: '' };
  }
  return { ok: true };
}

/** Bytes in JSON text, about; null for what JSON cannot hold. An absent optional field (undefined) counts nothing. */
function primitiveSize(value: unknown): number | null {
  switch (typeof value) {
    case 'string':
      return value.length + 2;
    case 'number':
      return Number.isFinite(value) ? 4 : null;
    case 'boolean':
    case 'undefined':
      return 4;
    case 'object':
      return 4;
    default:
      return null;
  }
}
