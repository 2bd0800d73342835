import { compareText } from '@automateos/shared/documents/document-query';
import { expect, test } from 'vitest';
import { encodeDocument } from './firestore-document.ts';
import { FirestoreIndexFile, indexesByGroup } from './firestore-index-file.ts';
import { createNames, fieldPath } from './firestore-names.ts';
import { indexedText, toValue } from './firestore-value.ts';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

test('indexed texts are kept apart and in order, and Firestore takes each', () => {
  const texts = [
    '',
    'a',
    'a\u0000',
    'b',
    '\ufffd',
    '\uffee',
    '\ud83d\ude80',
    '\u{10f800}',
    '\u{10ffff}',
    '\ud800',
    '\udfff',
    'x\ud800y',
  ];
  texts.push('\ud800\u{10f800}', '\u{10f800}\ud800', 'n'.repeat(1_499), 'n'.repeat(1_500));
  const indexed = texts.map(indexedText);
  expect(new Set(indexed).size).toBe(texts.length);
  expect(indexed.every((text) => text.isWellFormed() && Buffer.byteLength(text) <= 1_500)).toBe(true);
  // lone surrogates come behind all others, and so does what looks like their stand-ins
  const common = texts.filter((text) => indexedText(text) === text);
  expect(common.toSorted((a, b) => byBytes(indexedText(a), indexedText(b)))).toEqual(common.toSorted(compareText));
});

test('long texts are cut, in order by what is kept, and equal only if the whole is', () => {
  const [a, b, c] = ['x'.repeat(2_000), `${'x'.repeat(1_999)}y`, `${'\u20ac'.repeat(1_000)}z`];
  const indexed = [a, b, c].map((text) => indexedText(text ?? ''));
  expect(new Set(indexed).size).toBe(3);
  expect(indexed.every((text) => Buffer.byteLength(text) <= 1_500 && text.isWellFormed())).toBe(true);
  expect(byBytes(indexed[0] ?? '', indexed[2] ?? '')).toBeLessThan(0);
});

test('numbers are doubles, as JSON has them', () => {
  expect([1, -0, 2 ** 53, Number.NaN].map(toValue)).toEqual([
    { doubleValue: 1 },
    { doubleValue: 0 },
    { doubleValue: 2 ** 53 },
    { nullValue: 'NULL_VALUE' },
  ]);
});

test('names that Firestore keeps for itself are told apart from those that look like their stand-ins', () => {
  const names = createNames({ projectId: 'p', databaseId: 'd' });
  const paths = ['a/__proto__', 'a/__proto__~', 'a/__proto__~~', '____/__', 'a/_', 'a/x~'];
  expect(paths.map((path) => names.path(names.document(path)))).toEqual(paths);
  expect(new Set(paths.map(names.document)).size).toBe(paths.length);
  expect(paths.every((path) => !/\/__[^/]*__(\/|$)/.test(names.document(path)))).toBe(true);
  expect(['a.b', 'a-b', 'a`b', '__x__'].map(fieldPath)).toEqual(['a.b', '`a-b`', '`a\\`b`', '`__x__~`']);
});

test('a document holds its JSON, its token and copies of just the indexed fields; an expiring one a timestamp', () => {
  const file = FirestoreIndexFile.parse({
    indexes: [],
    fieldOverrides: [
      { collectionGroup: 'things', fieldPath: '*', indexes: [] },
      { collectionGroup: 'things', fieldPath: 'ttl', ttl: true, indexes: [] },
      ...['a.b', 'a.c', 'list', 'absent'].map((path) => ({
        ...{ collectionGroup: 'things', fieldPath: path },
        indexes: [{ order: 'ASCENDING' }],
      })),
      { collectionGroup: 'things', fieldPath: 'tags', indexes: [{ arrayConfig: 'CONTAINS' }] },
    ],
  });
  const data = {
    a: { b: 1, c: null, d: 2 },
    list: [1],
    tags: ['x', ['y'], 2],
    expiresAt: '2026-03-01T00:00:00.500Z',
    other: true,
  };
  const options = { token: 'tok', indexesOf: indexesByGroup(file) };
  expect(encodeDocument('things/x', data, options).fields).toEqual({
    json: { stringValue: JSON.stringify(data) },
    tok: { stringValue: 'tok' },
    a: { mapValue: { fields: { b: { doubleValue: 1 }, c: { nullValue: 'NULL_VALUE' } } } },
    tags: { arrayValue: { values: [{ stringValue: 'x' }, { doubleValue: 2 }] } },
    ttl: { timestampValue: { seconds: 1_772_323_200, nanos: 500_000_000 } },
  });
  expect(Object.keys(encodeDocument('others/x', data, options).fields)).toEqual(['json', 'tok']);
});

test('a field of ours cannot be indexed as one of the document', () => {
  const file = { indexes: [], fieldOverrides: [{ collectionGroup: 'g', fieldPath: 'json', indexes: [{ order: 'ASCENDING' }] }] };
  expect(() => indexesByGroup(FirestoreIndexFile.parse(file))).toThrow(TypeError);
});
