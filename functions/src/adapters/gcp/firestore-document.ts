/**
 * A document of ours as Firestore holds it:
 *   json  the document as JSON text, not indexed, because Firestore refuses nested lists, names like `__x__` and deep nesting
 *   tok   which commit wrote it: makes every write a change (Firestore does not move the update time of one that changes nothing), and lets
 *         a commit whose answer was lost be recognised
 *   ttl   a timestamp, in groups whose documents expire
 *   ...   copies of just the fields that have an index
 */
import { groupOf } from '@automateos/shared/documents/document-path';
import { fieldValue, isPrimitive } from '@automateos/shared/documents/document-query';
import { documentLimitBytes, documentText } from '@automateos/shared/documents/document-writes';
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonObject } from '@automateos/shared/model/json';
import { type GroupIndexes, ownFields } from './firestore-index-file.ts';
import { escapeName, escapePath } from './firestore-names.ts';
import { type FirestoreFields, type FirestoreValue, toValue } from './firestore-value.ts';

export type EncodedDocument = { readonly fields: FirestoreFields; readonly bytes: number };

/** What Firestore takes for one string. */
const textLimitBytes = documentLimitBytes - 89;

/** Throws AppError DOCUMENT_TOO_LARGE by Firestore's own count. */
export function encodeDocument(
  path: string,
  data: JsonObject,
  { token, indexesOf }: { readonly token: string; readonly indexesOf: (group: string) => GroupIndexes },
): EncodedDocument {
  const text = documentText(path, data);
  const indexes = indexesOf(groupOf(path));
  const fields: FirestoreFields = { [ownFields.json]: { stringValue: text }, [ownFields.token]: { stringValue: token } };
  for (const field of indexes.fields) copyField(fields, field, indexedValue(data, field, indexes));
  const expiry = indexes.expires ? expiryOf(data) : null;
  if (expiry) fields[ownFields.expiry] = expiry;
  const bytes = documentBytes(path, fields);
  if (bytes > documentLimitBytes || Buffer.byteLength(text) > textLimitBytes) {
    throw new AppError('DOCUMENT_TOO_LARGE', { path, limitBytes: documentLimitBytes });
  }
  return { fields, bytes };
}

type StoredFields = { readonly [name: string]: { readonly stringValue?: string | null } } | null | undefined;

/** Throws for what this adapter has not written. */
export function decodeDocument(path: string, fields: StoredFields): JsonObject {
  const text = fields?.[ownFields.json]?.stringValue;
  if (typeof text !== 'string') throw new Error(`${path} was not written by this store`);
  return JSON.parse(text) as JsonObject; // written by encodeDocument
}

export const tokenIn = (fields: StoredFields): string | null => fields?.[ownFields.token]?.stringValue ?? null;

/** Lists and objects are neither compared nor ordered, so they have no copy; a list has one where an index looks into it. */
function indexedValue(data: JsonObject, field: string, { lists }: GroupIndexes): FirestoreValue | null {
  const value = fieldValue(data, field);
  if (isPrimitive(value)) return toValue(value);
  if (!Array.isArray(value) || !lists.has(field)) return null;
  return { arrayValue: { values: value.filter(isPrimitive).map(toValue) } };
}

function copyField(fields: FirestoreFields, field: string, value: FirestoreValue | null): void {
  if (value === null) return;
  const names = field.split('.').map(escapeName);
  let level = fields;
  for (const name of names.slice(0, -1)) {
    const inner = level[name];
    const next = inner && 'mapValue' in inner ? inner.mapValue.fields : {};
    level[name] = { mapValue: { fields: next } };
    level = next;
  }
  level[names.at(-1) ?? field] = value;
}

function expiryOf({ expiresAt }: JsonObject): FirestoreValue | null {
  const at = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN;
  if (Number.isNaN(at)) return null;
  const seconds = Math.floor(at / 1_000);
  return { timestampValue: { seconds, nanos: (at - seconds * 1_000) * 1_000_000 } };
}

/** https://firebase.google.com/docs/firestore/storage-size */
function documentBytes(path: string, fields: FirestoreFields): number {
  const name = escapePath(path)
    .split('/')
    .reduce((sum, segment) => sum + Buffer.byteLength(segment) + 1, 16);
  return name + fieldsBytes(fields) + 32;
}

function fieldsBytes(fields: FirestoreFields): number {
  return Object.entries(fields).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + 1 + valueBytes(value), 0);
}

function valueBytes(value: FirestoreValue): number {
  if ('stringValue' in value) return Buffer.byteLength(value.stringValue) + 1;
  if ('doubleValue' in value || 'timestampValue' in value) return 8;
  if ('arrayValue' in value) return value.arrayValue.values.reduce((sum, item) => sum + valueBytes(item), 0);
  if ('mapValue' in value) return fieldsBytes(value.mapValue.fields);
  return 'referenceValue' in value ? Buffer.byteLength(value.referenceValue) + 1 : 1;
}
