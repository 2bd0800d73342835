/**
 * The native copies of indexed values. Numbers are doubles, as in JSON. Texts keep their order by code point, but not always their form:
 * Firestore stores no lone surrogates and refuses, or cuts off, what is longer than 1,500 bytes.
 */
import { createHash } from 'node:crypto';
import { utf8Length } from '@automateos/shared/documents/document-path';
import type { JsonPrimitive } from '@automateos/shared/model/json';

export type FirestoreValue =
  | { readonly nullValue: 'NULL_VALUE' }
  | { readonly booleanValue: boolean }
  | { readonly doubleValue: number }
  | { readonly stringValue: string }
  | { readonly timestampValue: { readonly seconds: number; readonly nanos: number } }
  | { readonly referenceValue: string }
  | { readonly arrayValue: { readonly values: FirestoreValue[] } }
  | { readonly mapValue: { readonly fields: FirestoreFields } };

export type FirestoreFields = { [name: string]: FirestoreValue };

const textLimitBytes = 1_500;
/** Leaves room for the digest that keeps long texts apart. */
const keptBytes = 1_400;

/** A number that JSON lacks is stored as null. */
export function toValue(value: JsonPrimitive): FirestoreValue {
  if (value === null) return { nullValue: 'NULL_VALUE' };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'string') return { stringValue: indexedText(value) };
  // 0 for -0, which JSON does not tell apart
  return Number.isFinite(value) ? { doubleValue: value === 0 ? 0 : value } : { nullValue: 'NULL_VALUE' };
}

/** Equal for equal texts only. Order by code point holds for well-formed texts that differ within their first 1,400 bytes. */
export function indexedText(text: string): string {
  const storable = text.replace(unstorable, (units) => [...units].flatMap(unitsOf).map(privateCharacter).join(''));
  if (storable.length * 3 <= textLimitBytes || utf8Length(storable) <= textLimitBytes) return storable;
  const kept = Buffer.from(storable)
    .subarray(0, keptBytes)
    .toString()
    .replace(/\ufffd+$/, '');
  return `${kept}\u0000${createHash('sha256').update(storable).digest('base64url')}`;
}

/** Lone surrogates, and the characters of the private area that stand in for them: those take their place in pairs. */
const unstorable = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\udbfe\udbff][\udc00-\udfff]/g;

const unitsOf = (character: string): number[] => character.split('').map((unit) => unit.charCodeAt(0));

/** The last 2,048 code points, one for each surrogate. */
const privateCharacter = (unit: number): string => String.fromCodePoint(0x10f800 + unit - 0xd800);
