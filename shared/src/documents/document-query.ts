/**
 * What a query means, in one place for the stores that evaluate it themselves (the fake, SQLite): comparison is by type as in
 * Firestore, null < booleans < numbers < strings, strings by code point; arrays and objects are neither compared nor ordered.
 */

import { isJsonObject, type JsonObject, type JsonPrimitive, type JsonValue, ownValue } from '../model/json.ts';
import type { Query, Where } from '../ports/document-store.ts';
import { isCollectionPath } from './document-path.ts';

export type Order = readonly [field: string, direction: 'asc' | 'desc'];
export type Cursor = NonNullable<Query['startAfter']>;
type Row = { readonly path: string; readonly data: JsonObject };

/** The order that a query asks for: its orderBy, else the field of its first inequality, else none (path alone). */
export function orderOf(query: Query): readonly Order[] {
  if (query.orderBy && query.orderBy.length > 0) return query.orderBy;
  const inequality = query.where?.find(([, op]) => op === '<' || op === '<=' || op === '>' || op === '>=');
  return inequality ? [[inequality[0], 'asc']] : [];
}

/** Direction in which rows of equal order are sorted by path: that of the last ordered field. */
export function pathDirection(order: readonly Order[]): 'asc' | 'desc' {
  return order.at(-1)?.[1] ?? 'asc';
}

/** Throws TypeError for a query that no store could answer: a mistake of the caller. */
export function checkQuery(query: Query): void {
  const possible = query.group ? query.collection !== '' && !query.collection.includes('/') : isCollectionPath(query.collection);
  if (!possible) throw new TypeError(`not a collection${query.group ? ' group' : ''}: ${JSON.stringify(query.collection)}`);
  if (query.limit !== undefined && (!Number.isSafeInteger(query.limit) || query.limit < 0)) {
    throw new TypeError(`limit must be a whole number, not ${query.limit}`);
  }
  for (const [field, op, value] of query.where ?? []) {
    if ((op === 'in') !== Array.isArray(value)) throw new TypeError(`${field} ${op}: wrong kind of value`);
  }
  if (query.startAfter && query.startAfter.values.length !== orderOf(query).length) {
    throw new TypeError('startAfter needs one value per ordered field');
  }
}

/** The value at a dotted path, own properties only; undefined when absent. */
export function fieldValue(data: JsonObject, field: string): JsonValue | undefined {
  if (!field.includes('.')) return ownValue(data, field);
  let value: JsonValue | undefined = data;
  for (const key of field.split('.')) {
    if (value === undefined || !isJsonObject(value)) return undefined;
    value = ownValue(value, key);
  }
  return value;
}

export function isPrimitive(value: JsonValue | undefined): value is JsonPrimitive {
  return value === null || (value !== undefined && typeof value !== 'object');
}

const rank = (value: JsonPrimitive): number =>
  value === null ? 0 : typeof value === 'boolean' ? 1 : typeof value === 'number' ? 2 : 3;

export function comparePrimitives(a: JsonPrimitive, b: JsonPrimitive): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  const byType = rank(a) - rank(b);
  if (byType !== 0) return byType;
  const [x, y] = [Number(a), Number(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** By code point, which is the byte order of UTF-8; JavaScript's own order puts U+E000 to U+FFFF after the astral planes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const [xAstral, yAstral] = [x >= 0xd800 && x <= 0xdfff, y >= 0xd800 && y <= 0xdfff];
    if (xAstral !== yAstral) return xAstral ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}

export function matches(data: JsonObject, where: readonly Where[]): boolean {
  return where.every((clause) => matchesOne(data, clause));
}

function matchesOne(data: JsonObject, [field, op, expected]: Where): boolean {
  const value = fieldValue(data, field);
  if (op === 'array-contains') return Array.isArray(value) && value.some((item) => item === expected);
  if (!isPrimitive(value)) return false;
  if (typeof expected === 'object' && expected !== null) return expected.some((one) => one === value);
  if (op === '==') return value === expected;
  if (op === 'in' || rank(value) !== rank(expected)) return false;
  const sign = comparePrimitives(value, expected);
  switch (op) {
    case '<':
      return sign < 0;
    case '<=':
      return sign <= 0;
    case '>':
      return sign > 0;
    case '>=':
      return sign >= 0;
    default:
      return op satisfies never;
  }
}

/** False for documents that lack an ordered field: they are left out, as in Firestore. */
export function hasOrder(data: JsonObject, order: readonly Order[]): boolean {
  return order.every(([field]) => isPrimitive(fieldValue(data, field)));
}

/** Sorts rows that all have their ordered fields. */
export function compareRows(order: readonly Order[]): (a: Row, b: Row) => number {
  const sign = pathDirection(order) === 'asc' ? 1 : -1;
  return (a, b) => {
    for (const [field, direction] of order) {
      const result = comparePrimitives(primitiveAt(a.data, field), primitiveAt(b.data, field));
      if (result !== 0) return direction === 'asc' ? result : -result;
    }
    return sign * compareText(a.path, b.path);
  };
}

function primitiveAt(data: JsonObject, field: string): JsonPrimitive {
  const value = fieldValue(data, field);
  return isPrimitive(value) ? value : null;
}

/** True for rows after the cursor in the query's order. */
export function isAfter(row: Row, order: readonly Order[], cursor: Cursor): boolean {
  for (const [index, [field, direction]] of order.entries()) {
    const result = comparePrimitives(primitiveAt(row.data, field), cursor.values[index] ?? null);
    if (result !== 0) return direction === 'asc' ? result > 0 : result < 0;
  }
  const result = compareText(row.path, cursor.path);
  return pathDirection(order) === 'asc' ? result > 0 : result < 0;
}

/** Filters, orders, pages and limits candidates that are all in the queried collection. */
export function selectRows<R extends Row>(candidates: Iterable<R>, query: Query): R[] {
  const order = orderOf(query);
  const { where = [], startAfter, limit = Number.POSITIVE_INFINITY } = query;
  const rows: R[] = [];
  for (const row of candidates) {
    if (!matches(row.data, where) || !hasOrder(row.data, order)) continue;
    if (startAfter && !isAfter(row, order, startAfter)) continue;
    rows.push(row);
  }
  rows.sort(compareRows(order));
  return rows.length > limit ? rows.slice(0, limit) : rows;
}
