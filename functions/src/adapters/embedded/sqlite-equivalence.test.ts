import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, JsonPrimitive } from '@automateos/shared/model/json';
import type { DocumentStore, Query, Snapshot, Where, Write } from '@automateos/shared/ports/document-store';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { expect, it, onTestFinished } from 'vitest';
import { shippedIndexes } from './shipped-indexes.ts';
import { createSqliteStore } from './sqlite-store.ts';

/** A small seeded generator (Lehmer), so that a failing run can be repeated. */
function chooser(seed: number) {
  let state = seed;
  const below = (limit: number): number => {
    state = (state * 48271) % 0x7fffffff;
    return state % limit;
  };
  // lists here are never empty
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  return { below, pick, chance: (percent: number): boolean => below(100) < percent };
}
type Chooser = ReturnType<typeof chooser>;

const values: readonly JsonPrimitive[] = ['a', 'b', 'ab', 'B', '', '\ufffd', '\ud83d\ude80', 0, 1, 2.5, -3, 1e308, null];
const fields = ['status', 'workflowId', 'startedAt', 'due', 'other', 'deep.kind'];
const collections = [
  'o/1/executions',
  'o/2/executions',
  'o/1/executions/e1/executions',
  'o/1/executions/e1/branches',
  'o/1/variables',
];
const docIds = ['e1', 'e2', 'e3', 'e4', 'e5', '\ufffd', 'e-1'];

function someData({ pick, chance }: Chooser): JsonObject {
  const data: Record<string, JsonObject[string]> = {};
  for (const field of fields.slice(0, 5)) if (chance(70)) data[field] = chance(5) ? [pick(values)] : pick(values);
  if (chance(50)) data.deep = { kind: pick(values) };
  return data;
}

function someWrites(choose: Chooser, versions: ReadonlyMap<string, string>): Write[] {
  const paths = new Set(Array.from({ length: 1 + choose.below(3) }, () => `${choose.pick(collections)}/${choose.pick(docIds)}`));
  return [...paths].map((path): Write => {
    const data = someData(choose);
    const version = choose.chance(85) ? (versions.get(path) ?? '1') : '1';
    switch (choose.below(5)) {
      case 0:
        return { kind: 'create', path, data };
      case 1:
        return choose.chance(50) ? { kind: 'delete', path } : { kind: 'delete', path, version };
      case 2:
        return { kind: 'set', path, data };
      default:
        return { kind: 'update', path, data, version };
    }
  });
}

function someWhere({ pick }: Chooser): Where {
  const op = pick(['==', '==', '<', '<=', '>', '>=', 'in', 'array-contains'] as const);
  return [pick(fields), op, op === 'in' ? [pick(values), pick(values)] : pick(values)];
}

function someQuery(choose: Chooser): Query {
  const { pick, chance, below } = choose;
  const scope = chance(40)
    ? { collection: pick(['executions', 'branches', 'variables']), group: true }
    : { collection: pick(collections) };
  const directions = chance(80) ? [pick(['asc', 'desc'] as const)] : (['asc', 'desc'] as const);
  const ordered = [...new Set(Array.from({ length: below(3) }, () => pick(fields)))];
  return {
    ...scope,
    where: Array.from({ length: below(3) }, () => someWhere(choose)),
    ...(ordered.length > 0 && { orderBy: ordered.map((field) => [field, pick(directions)] as const) }),
    ...(chance(60) && { limit: below(6) }),
  };
}

/** The cursor after a row, where the row's ordered values are in reach. */
function after(query: Query, row: Snapshot | undefined): Query {
  if (!row || !query.orderBy) return query;
  const valueAt = (field: string): JsonPrimitive => {
    const parts = field.split('.');
    let value: unknown = row.data;
    for (const part of parts) value = (value as JsonObject)[part];
    return value as JsonPrimitive;
  };
  return { ...query, startAfter: { values: query.orderBy.map(([field]) => valueAt(field)), path: row.path } };
}

const shown = (rows: readonly Snapshot[]) => rows.map(({ path, data }) => ({ path, data }));

async function sameAnswers(one: DocumentStore, other: DocumentStore, query: Query): Promise<void> {
  const rows = await one.query(query);
  expect(shown(await other.query(query)), JSON.stringify(query)).toEqual(shown(rows));
  expect(await other.count(query)).toBe(await one.count(query));
  const paged = after(query, rows[0]);
  expect(shown(await other.query(paged)), JSON.stringify(paged)).toEqual(shown(await one.query(paged)));
}

it.each([1, 2, 3, 4])('SQLite and the fake answer the same to everything, seed %i', async (seed) => {
  const folder = mkdtempSync(join(tmpdir(), 'automateos-same-'));
  const fake = createFakeDocumentStore();
  const sqlite = createSqliteStore({ file: join(folder, 'store.db'), indexes: shippedIndexes() });
  onTestFinished(async () => {
    await sqlite.close();
    rmSync(folder, { recursive: true });
  });
  const choose = chooser(seed * 7919);
  const [ofFake, ofSqlite] = [new Map<string, string>(), new Map<string, string>()];
  for (let round = 0; round < 150; round += 1) {
    const writes = someWrites(choose, ofFake);
    const expected = await fake.commit(writes);
    const translated = writes.map((write): Write => {
      if (!('version' in write) || write.version === undefined) return write;
      const current = write.version === ofFake.get(write.path);
      return { ...write, version: current ? (ofSqlite.get(write.path) ?? '1') : '1' };
    });
    const actual = await sqlite.commit(translated);
    expect(actual.ok, JSON.stringify(writes)).toBe(expected.ok);
    if (!expected.ok) expect(actual).toEqual(expected);
    if (!expected.ok || !actual.ok) continue;
    for (const [index, { path }] of writes.entries()) {
      ofFake.set(path, expected.versions[index] ?? '');
      ofSqlite.set(path, actual.versions[index] ?? '');
    }
    for (let i = 0; i < 4; i += 1) await sameAnswers(fake, sqlite, someQuery(choose));
  }
  expect(sqlite.integrityCheck()).toEqual([]);
  expect({ ...sqlite.stats(), reads: 0 }).toEqual({ ...fake.stats(), reads: 0 });
});
