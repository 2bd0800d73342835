import type { Query } from '@automateos/shared/ports/document-store';
import { expect, test } from 'vitest';
import { FirestoreIndexFile, indexesByGroup } from './firestore-index-file.ts';
import { missingIndex } from './firestore-index-rules.ts';
import { planQuery } from './firestore-plan.ts';

type Part = Omit<Query, 'collection'>;
const plan = (query: Part) => planQuery({ collection: 'things', ...query });

test('a comparison with null is an equality or finds nothing; so do an empty list of values and a limit of none', () => {
  expect(plan({ where: [['a', '<=', null]] })).toMatchObject({ equal: [['a', '==', null]], range: [], order: [] });
  const nothing: Part[] = [{ where: [['a', '<', null]] }, { where: [['a', 'in', []]] }, { limit: 0 }];
  expect(nothing.map(plan)).toEqual([null, null, null]);
  expect(plan({ where: [['a', 'in', [1, 1]]] })?.equal).toEqual([['a', '==', 1]]);
});

test('a field with one value is not ordered by, and its part of the cursor goes; the direction of the path stays', () => {
  const query: Part = {
    where: [['a', '==', 1]],
    orderBy: [
      ['b', 'asc'],
      ['a', 'desc'],
    ],
    startAfter: { values: [5, 1], path: 'things/x' },
  };
  expect(plan(query)).toMatchObject({
    order: [['b', 'asc']],
    pathDirection: 'desc',
    startAfter: { values: [5], path: 'things/x' },
  });
});

test('what Firestore cannot answer is a mistake of the caller', () => {
  const impossible: Part[] = [
    {
      where: [
        ['a', '>', 1],
        ['b', '<', 1],
      ],
    },
    { where: [['a', '>', 1]], orderBy: [['b', 'asc']] },
    { where: [['a', 'in', [1, 2]]], orderBy: [['a', 'asc']] },
    { where: [['a', 'in', Array.from({ length: 31 }, (_, i) => i)]] },
    {
      where: [
        ['a', 'array-contains', 1],
        ['b', 'array-contains', 1],
      ],
    },
  ];
  for (const query of impossible) expect(() => plan(query)).toThrow(TypeError);
});

const composite = (...named: [string, 'ASCENDING' | 'DESCENDING'][]) => ({
  ...{ collectionGroup: 'things', queryScope: 'COLLECTION' },
  fields: named.map(([fieldPath, order]) => ({ fieldPath, order })),
});
const single = (fieldPath: string, index: object) => ({ collectionGroup: 'things', fieldPath, indexes: [index] });
const things = indexesByGroup(
  FirestoreIndexFile.parse({
    indexes: [composite(['a', 'ASCENDING'], ['at', 'DESCENDING']), composite(['b', 'DESCENDING'], ['at', 'DESCENDING'])],
    fieldOverrides: [
      single('a', { order: 'ASCENDING' }),
      single('b', { order: 'ASCENDING' }),
      single('due', { order: 'ASCENDING', queryScope: 'COLLECTION_GROUP' }),
      single('tags', { arrayConfig: 'CONTAINS' }),
    ],
  }),
)('things');

const served = (query: Part): boolean => {
  const planned = plan(query);
  return planned !== null && missingIndex(things, planned) === null;
};
const isOne = ['a', '==', 1] as const;
const isTwo = ['b', '==', 2] as const;

test('Firestore\u2019s rules: no condition needs no index, equalities are merged, an order must be an index\u2019s own', () => {
  const yes: Part[] = [
    {},
    { group: true },
    { where: [isOne] },
    { where: [['a', 'in', [1, 2]]] },
    { where: [isOne, isTwo] },
    { where: [isOne], orderBy: [['at', 'desc']] },
    // both composite indexes, merged: each equality before the same order
    { where: [isOne, isTwo], orderBy: [['at', 'desc']] },
    { where: [isOne, ['at', '>', 5]], orderBy: [['at', 'desc']] },
    { where: [['due', '<', 5]], group: true },
    { where: [['tags', 'array-contains', 'x']] },
    { where: [isOne, ['tags', 'array-contains', 'x']] },
    { orderBy: [['a', 'asc']] },
  ];
  expect(yes.filter((query) => !served(query))).toEqual([]);
});

test('Firestore\u2019s rules: another direction, scope or field is another index', () => {
  const no: Part[] = [
    { where: [['c', '==', 1]] },
    { where: [isOne, ['c', '==', 1]] },
    { where: [isOne], orderBy: [['at', 'asc']] },
    { where: [isOne, ['at', '>', 5]] },
    { where: [isOne], orderBy: [['a', 'desc']] },
    { where: [['due', '<', 5]] },
    { where: [isOne], group: true },
    { where: [['a', 'array-contains', 'x']] },
    { where: [['tags', '==', 'x']] },
    { orderBy: [['a', 'desc']] },
    { orderBy: [['at', 'desc']] },
  ];
  expect(no.filter(served)).toEqual([]);
});
