import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type DocumentStore, StoreUnavailable } from '@automateos/shared/ports/document-store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { shippedIndexes } from './shipped-indexes.ts';
import { copyDatabase } from './sqlite-driver.ts';
import type { IndexFile } from './sqlite-layout.ts';
import { createSqliteStore, type SqliteStore } from './sqlite-store.ts';

let folder: string;
let file: string;
const opened: SqliteStore[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'automateos-sqlite-'));
  file = join(folder, 'store.db');
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(folder, { recursive: true });
});

const open = (indexes: IndexFile = shippedIndexes(), at = file): SqliteStore => {
  const store = createSqliteStore({ file: at, indexes });
  opened.push(store);
  return store;
};

const execution = (n: number): string => `organizations/o1/executions/e${String(n).padStart(4, '0')}`;
const fill = async (store: DocumentStore, count: number): Promise<void> => {
  for (let n = 0; n < count; n += 100) {
    const data = (i: number) => ({
      n: i,
      name: `name ${i % 7}`,
      startedAt: `2026-01-01T00:00:${i % 60}`,
      text: 'x'.repeat(2000),
    });
    const numbers = Array.from({ length: Math.min(100, count - n) }, (_, i) => n + i);
    await store.commit(numbers.map((i) => ({ kind: 'create', path: execution(i), data: data(i) })));
  }
};

it('keeps documents and their versions for the next opening, and makes no version twice', async () => {
  const first = open();
  const made = await first.commit([{ kind: 'create', path: execution(1), data: { n: 1 } }]);
  await first.close();
  const second = open();
  const row = await second.get(execution(1));
  expect(made).toEqual({ ok: true, versions: [row?.version] });
  const again = await second.commit([{ kind: 'update', path: execution(1), data: { n: 1 }, version: row?.version ?? '' }]);
  expect(Number(again.ok && again.versions[0])).toBeGreaterThan(Number(row?.version));
});

it('writes what was handed over before close, and refuses what comes after', async () => {
  const store = open();
  const pending = store.commit([{ kind: 'create', path: execution(1), data: {} }]);
  await store.close();
  expect((await pending).ok).toBe(true);
  await expect(store.commit([])).rejects.toThrow(StoreUnavailable);
  await expect(store.get(execution(1))).rejects.toThrow(StoreUnavailable);
  await expect(store.query({ collection: 'a' })).rejects.toThrow(StoreUnavailable);
  expect(await open().get(execution(1))).not.toBeNull();
});

it('rejects all commits of a flush that the disk refuses, applies none, and goes on when there is room', async () => {
  const store = open();
  await fill(store, 10);
  const before = store.stats();
  store.limitPages(1);
  const commits = Array.from({ length: 5 }, (_, i) =>
    store.commit([{ kind: 'create', path: execution(100 + i), data: { text: 'x'.repeat(900_000) } }]),
  );
  for (const result of await Promise.allSettled(commits)) {
    expect(result.status === 'rejected' && result.reason).toBeInstanceOf(StoreUnavailable);
  }
  expect(await store.count({ collection: 'organizations/o1/executions' })).toBe(10);
  expect(store.stats()).toEqual({ ...before, reads: before.reads + 1 });
  store.limitPages(1_000_000);
  expect((await store.commit([{ kind: 'create', path: execution(100), data: {} }])).ok).toBe(true);
  expect(store.integrityCheck()).toEqual([]);
});

it('gives space back to the file system after deletes', async () => {
  const store = open();
  await fill(store, 500);
  expect((await store.storageBytes()).get('executions')).toBeGreaterThan(1_000_000);
  for (let n = 0; n < 500; n += 100) {
    await store.commit(Array.from({ length: 100 }, (_, i) => ({ kind: 'delete', path: execution(n + i) })));
  }
  expect(store.freeBytes()).toBeGreaterThan(1_000_000);
  expect(store.vacuum(10)).toBe(40_960);
  expect(store.vacuum()).toBeGreaterThan(1_000_000);
  expect(store.freeBytes()).toBe(0);
  expect((await store.storageBytes()).get('executions')).toBeUndefined();
  // tables and indexes without a row take a page each
  expect(statSync(file).size).toBeLessThan(600_000);
  expect(store.integrityCheck()).toEqual([]);
});

it('backs a live store up into a file that opens and holds every commit before the backup', async () => {
  const store = open();
  await fill(store, 200);
  const backup = store.backup(join(folder, 'copy.db'));
  const during = store.commit([{ kind: 'create', path: execution(999), data: {} }]);
  await Promise.all([backup, during]);
  const copy = open(shippedIndexes(), join(folder, 'copy.db'));
  expect(await copy.count({ collection: 'organizations/o1/executions' })).toBeGreaterThanOrEqual(200);
  expect(copy.integrityCheck()).toEqual([]);
  expect(statSync(join(folder, 'copy.db')).mode & 0o777).toBe(0o600);
  await expect(store.backup(join(folder, 'copy.db'))).rejects.toThrow(/exists/);
  await expect(store.backup(join(folder, 'no', 'such', 'folder.db'))).rejects.toThrow(StoreUnavailable);
});

it('copies a database in use from outside, by a connection that cannot write', async () => {
  const store = open();
  await fill(store, 200);
  const target = join(folder, 'outside.db');
  copyDatabase(file, target);
  expect(statSync(target).mode & 0o777).toBe(0o600);
  const copy = open(shippedIndexes(), target);
  expect(await copy.count({ collection: 'organizations/o1/executions' })).toBe(200);
  expect(copy.integrityCheck()).toEqual([]);
  expect((await store.commit([{ kind: 'create', path: execution(999), data: {} }])).ok).toBe(true);
  expect(() => copyDatabase(file, target)).toThrow(/exists/);
  expect(() => copyDatabase(join(folder, 'absent.db'), join(folder, 'nothing.db'))).toThrow(StoreUnavailable);
});

it('has every commit on the disk before it answers', () => {
  // a killed process does not show it, only a power cut would
  expect(open().durability()).toEqual({ journalMode: 'wal', synchronous: 2 });
});

it('follows a changed list of indexes: documents move, fields are filled, queries answer the same', async () => {
  const list = {
    collection: 'organizations/o1/executions',
    where: [['name', '==', 'name 3']],
    orderBy: [['n', 'desc']],
    limit: 5,
  } as const;
  const byName: IndexFile = {
    indexes: [
      {
        collectionGroup: 'executions',
        queryScope: 'COLLECTION',
        fields: [
          { fieldPath: 'name', order: 'ASCENDING' },
          { fieldPath: 'n', order: 'DESCENDING' },
        ],
      },
    ],
    fieldOverrides: [],
  };
  let expected: unknown;
  for (const indexes of [
    { indexes: [], fieldOverrides: [] },
    byName,
    shippedIndexes(),
    byName,
    { indexes: [], fieldOverrides: [] },
  ]) {
    const store = open(indexes);
    if (expected === undefined) await fill(store, 700);
    const found = await store.query(list);
    expect(found).toHaveLength(5);
    expected ??= found;
    expect(found).toEqual(expected);
    expect(await store.count({ collection: list.collection })).toBe(700);
    await store.close();
  }
});

it('serves each shipped index without sorting or scanning', async () => {
  const store = open();
  await fill(store, 1);
  const collection = 'organizations/o1/executions';
  const plans = [
    store.explain({ collection, where: [['workflowId', '==', 'w']], orderBy: [['startedAt', 'desc']], limit: 5 }),
    store.explain({
      collection,
      where: [['status', '==', 's']],
      orderBy: [['startedAt', 'desc']],
      startAfter: { values: ['x'], path: 'y' },
    }),
    store.explain({ collection, orderBy: [['startedAt', 'desc']], startAfter: { values: ['x'], path: 'y' }, limit: 5 }),
    store.explain({
      collection: 'branches',
      group: true,
      where: [
        ['due', '>=', '0:'],
        ['due', '<=', '0:2026'],
      ],
      limit: 5,
    }),
    store.explain({ collection: 'executions', group: true, where: [['expiresAt', '<=', '2026']], limit: 5 }),
    store.explain({ collection: 'organizations/o1/workflows', where: [['name', '==', 'w']] }),
    store.explain({
      collection: 'organizations/o1/approvals',
      where: [['status', '==', 'pending']],
      orderBy: [['createdAt', 'desc']],
    }),
    store.explain({ collection: `${collection}/e1/branches` }),
    store.explain({ collection: 'organizations/o1/variables' }),
    store.explain({ collection }),
  ];
  for (const plan of plans) {
    expect(plan).toMatch(/SEARCH/);
    // of documents that share an instant the last term, their path, is sorted by itself
    expect(plan.replaceAll('USE TEMP B-TREE FOR LAST TERM OF ORDER BY', '')).not.toMatch(/SCAN|TEMP B-TREE/);
  }
});

it('refuses a file that is no database, one that a newer release wrote and one that cannot be opened', async () => {
  await open().close();
  const database = new DatabaseSync(file);
  database.exec("INSERT INTO migrations VALUES (99, 'from the future', '2099')");
  database.close();
  expect(() => open()).toThrow(/newer release/);
  writeFileSync(join(folder, 'text.db'), 'no database at all, but long enough to be looked at as one'.repeat(100));
  expect(() => open(shippedIndexes(), join(folder, 'text.db'))).toThrow(StoreUnavailable);
  expect(() => open(shippedIndexes(), join(folder, 'no', 'folder.db'))).toThrow(StoreUnavailable);
});
