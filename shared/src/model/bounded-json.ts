/**
 * Parses JSON text from outside into values that everything later can walk, store and print: nesting is bounded before parsing (deep
 * values overflow the stack of whoever serialises them) and numbers that became infinite are refused. The last of duplicate keys wins;
 * `__proto__` becomes an own property like any other key.
 */
import type { JsonValue } from './json.ts';

export type BoundedJson = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly reason: string };

export const jsonDepthLimit = 100;

export function parseBoundedJson(text: string, maxDepth: number = jsonDepthLimit): BoundedJson {
  if (isDeeper(text, maxDepth)) return { ok: false, reason: `it is nested deeper than ${maxDepth} levels` };
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue; // JSON.parse yields JSON values, and infinities, which are looked for next
  } catch (error) {
    return { ok: false, reason: error instanceof SyntaxError ? error.message.slice(0, 200) : 'it is not JSON' };
  }
  if (mayOverflow.test(text) && hasInfinity(value)) return { ok: false, reason: 'it contains a number that is too large' };
  return { ok: true, value };
}

/** Only such texts can hold a number beyond 1.8e308. */
const mayOverflow = /[eE]\+?0*[1-9]\d{2}|\d{300}/;

function isDeeper(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === 0x5c) i += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}

function hasInfinity(value: JsonValue): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasInfinity);
}
