/**
 * Where a value of the foreign workflow is found in ours, as far as it can be told without running anything. Systems that hand one document
 * from step to step become references to the steps that computed its parts; nothing has to be copied at run time.
 */
import { isJsonObject, type JsonValue } from '../model/json.ts';
import { atom, literal, member, plainText, quote, template } from './js-text.ts';
import { Unmappable } from './rewrite-expression.ts';

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  /** The fields of `base`, then these. */
  | { readonly kind: 'object'; readonly base: Value | null; readonly fields: ReadonlyMap<string, Value> };

export const textValue = (text: string): Value => ({ kind: 'text', text });
export const literalValue = (value: JsonValue): Value => ({ kind: 'literal', value });

export function objectValue(fields: Iterable<readonly [string, Value]>, base: Value | null = null): Value {
  return { kind: 'object', base, fields: new Map(fields) };
}

/** Characters of a value as text: what people write is far below, and a definition has room for many. Values share their parts: what is written out can be far larger than they. */
const longestText = 8_192;

type Budget = { left: number };

function spend(budget: Budget, amount: number): void {
  budget.left -= amount;
  if (budget.left < 0) throw new Unmappable('what it refers to has become too large to be written down');
}

/** As an expression. Throws Unmappable where it would be too long. */
export const textOf = (value: Value): string => written(value, { left: longestText });

function written(value: Value, budget: Budget): string {
  switch (value.kind) {
    case 'text':
      spend(budget, value.text.length);
      return value.text;
    case 'literal': {
      const text = literal(value.value);
      spend(budget, text.length);
      return text;
    }
    case 'list':
      spend(budget, 2);
      return `[${value.items.map((one) => written(one, budget)).join(', ')}]`;
    case 'object': {
      spend(budget, 8);
      const spread = value.base === null ? [] : [`...${atom(written(value.base, budget))}`];
      const fields = [...value.fields].map(([key, one]) => {
        spend(budget, key.length);
        return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)}: ${written(one, budget)}`;
      });
      return `({ ${[...spread, ...fields].join(', ')} })`;
    }
  }
}

/** As a param: expressions in braces, everything else plain. Throws Unmappable where it would be too large. */
export const paramOf = (value: Value): JsonValue => plain(value, { left: 4 * longestText });

function plain(value: Value, budget: Budget): JsonValue {
  switch (value.kind) {
    case 'text':
      spend(budget, value.text.length);
      return template(textOf(value));
    case 'literal':
      spend(budget, 1);
      return escaped(value.value);
    case 'list':
      spend(budget, 2);
      return value.items.map((one) => plain(one, budget));
    case 'object':
      spend(budget, 8);
      if (value.base !== null) return template(textOf(value));
      return Object.fromEntries([...value.fields].map(([key, one]) => [key, plain(one, budget)]));
  }
}

export function escaped(value: JsonValue): JsonValue {
  if (typeof value === 'string') return plainText(value);
  if (Array.isArray(value)) return value.map(escaped);
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, escaped(one)])) : value;
}

export function fieldOf(value: Value, key: string | number): Value {
  switch (value.kind) {
    case 'text':
      return textValue(member(value.text, key));
    case 'literal':
      return literalField(value.value, key);
    case 'list':
      return (typeof key === 'number' ? value.items[key] : undefined) ?? textValue(member(textOf(value), key));
    case 'object': {
      const own = value.fields.get(String(key));
      if (own !== undefined) return own;
      return value.base === null ? literalValue(null) : fieldOf(value.base, key);
    }
  }
}

function literalField(value: JsonValue, key: string | number): Value {
  if (Array.isArray(value) && typeof key === 'number') return literalValue(value[key] ?? null);
  if (isJsonObject(value) && Object.hasOwn(value, key)) return literalValue(value[String(key)] ?? null);
  return literalValue(null);
}

/** Steps of a path: JSON itself may be nested no deeper. */
const longestPath = 100;

/** Throws Unmappable where the path is longer than any data is deep. */
export function pathOf(value: Value, keys: readonly (string | number)[]): Value {
  if (keys.length > longestPath) throw new Unmappable(`A path has more than ${longestPath} steps`);
  return keys.reduce(fieldOf, value);
}

/** `base` with another value at a path; whatever is not an object on the way becomes one. */
export function withPath(base: Value, keys: readonly string[], value: Value): Value {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  const inner = rest.length === 0 ? value : withPath(fieldOf(base, key), rest, value);
  if (base.kind === 'object') return { ...base, fields: new Map([...base.fields, [key, inner]]) };
  if (base.kind === 'literal' && (base.value === null || typeof base.value !== 'object')) return objectValue([[key, inner]]);
  return objectValue([[key, inner]], base);
}

/** The same place? */
export const isSame = (a: Value, b: Value): boolean => a === b || textOf(a) === textOf(b);
