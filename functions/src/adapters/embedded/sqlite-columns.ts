/**
 * How a field's value is held in an index column, such that SQLite's order (NULL, numbers, text by bytes, blobs) is the port's:
 * absent NULL, null minus infinity (no JSON number is), numbers and texts themselves. Booleans sort after texts: the only difference
 * from Firestore, and only where one indexed field holds booleans beside other types. Arrays and objects count as absent.
 */
import type { JsonPrimitive, JsonValue } from '@automateos/shared/model/json';

export type ColumnValue = string | number | Uint8Array | null;

const no = Uint8Array.of(0);
const yes = Uint8Array.of(1);

export function columnValue(value: JsonValue | undefined): ColumnValue {
  switch (typeof value) {
    case 'string':
      // as SQLite would store it, so that an unchanged value is recognised
      return value.isWellFormed() ? value : value.toWellFormed();
    case 'number':
      // JSON has no other numbers: they are stored as null
      return Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY;
    case 'boolean':
      return value ? yes : no;
    default:
      return value === null ? Number.NEGATIVE_INFINITY : null;
  }
}

/** True for texts that share a column value with another: lone surrogates all become U+FFFD there. */
export const isBlurred = (value: JsonPrimitive): boolean =>
  typeof value === 'string' && (!value.isWellFormed() || value.includes('\ufffd'));

export function sameColumn(a: ColumnValue, b: ColumnValue): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return a[0] === b[0];
  return a === b;
}

/** The columns' values between which all values of this one's type lie: `>=` the first, `<` the second. */
export function typeBounds(value: JsonPrimitive): readonly [ColumnValue, ColumnValue] | null {
  if (typeof value === 'string') return ['', new Uint8Array()];
  if (typeof value === 'number') return [-Number.MAX_VALUE, ''];
  return null;
}
