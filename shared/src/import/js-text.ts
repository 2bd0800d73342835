/** Pieces of expressions as text. What is built here is an atom: a member or an operator may follow it without parentheses. */
import type { JsonValue } from '../model/json.ts';

const plainPath = /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*|\[(?:\d+|"(?:[^"\\]|\\.)*")\])*$/;

export const quote = (text: string): string =>
  JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

/** In parentheses, unless it is a path or stands in them already. */
export function atom(text: string): string {
  return plainPath.test(text) || isEnclosed(text) || /^(?:\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*")$/.test(text) ? text : `(${text})`;
}

function isEnclosed(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')') || /["'`/]/.test(text)) return false;
  let depth = 0;
  for (let index = 0; index < text.length - 1; index += 1) {
    const char = text[index];
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth === 0) return false;
  }
  return true;
}

/** A step into a value. Paths never fail where they lead nowhere; into what was computed one goes with `?.`. */
export function member(text: string, key: string | number): string {
  const isPath = plainPath.test(text);
  if (typeof key === 'number') return `${atom(text)}${isPath ? '' : '?.'}[${key}]`;
  if (/^[A-Za-z_$][\w$]*$/.test(key)) return `${atom(text)}${isPath ? '.' : '?.'}${key}`;
  return `${atom(text)}${isPath ? '' : '?.'}[${quote(key)}]`;
}

export const stepOutput = (nodeId: string): string => `steps.${nodeId}.output`;

export const literal = (value: JsonValue): string =>
  typeof value === 'string'
    ? quote(value)
    : typeof value === 'object' && value !== null
      ? atom(JSON.stringify(value))
      : atom(String(value));

/** A text of another system as a text of ours: its double braces mean nothing here. */
export function plainText(text: string): string {
  return text.replace(/(\\*)\{\{/g, (_, slashes: string) => `${slashes}${slashes}\\{{`);
}

export const template = (expression: string): string => `{{ ${expression} }}`;
