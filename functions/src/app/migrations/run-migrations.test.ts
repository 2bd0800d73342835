import type { JsonObject } from '@automateos/shared/model/json';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import { createFakeDocumentStore, type FakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../testing/fake-clock.ts';
import type { Migration } from './migration.ts';
import { readMigrationRecord } from './migration-record.ts';
import { MigrationBusy, type MigrationRun, pendingMigrations, previewMigrations, runMigrations } from './run-migrations.ts';

const rename: Migration = {
  id: '0001-title',
  title: 'name becomes title',
  groups: ['books', 'films'],
  change: ({ data: { name, ...rest } }) => (name === undefined ? null : { ...rest, title: name }),
};
const count: Migration = {
  id: '0002-count',
  title: 'counts once',
  groups: ['books'],
  change: ({ data }) => (data.times === undefined ? { ...data, times: 1 } : null),
};

async function library(books = 250, films = 30): Promise<FakeDocumentStore> {
  const store = createFakeDocumentStore();
  const put = (path: string, data: JsonObject) => store.commit([{ kind: 'create', path, data }]);
  for (let at = 0; at < books; at += 1)
    await put(`shelves/s${at % 7}/books/b${String(at).padStart(4, '0')}`, { name: `book ${at}` });
  for (let at = 0; at < films; at += 1) await put(`films/f${at}`, { name: `film ${at}`, kept: true });
  return store;
}

const runOf = (store: DocumentStore, more: Partial<MigrationRun> = {}): MigrationRun => ({
  ...{ store, clock: createFakeClock(), owner: 'one', migrations: [rename, count] },
  ...more,
});

const left = (store: FakeDocumentStore): number => store.documents().filter(({ data }) => data.name !== undefined).length;

/** The next `commits` commits reach the store; then the process is gone. */
function dyingAfter(store: FakeDocumentStore, commits: number): DocumentStore {
  let rest = commits;
  return {
    ...store,
    async commit(writes) {
      rest -= 1;
      if (rest < 0) throw new Error('killed');
      return store.commit(writes);
    },
  };
}

describe('migrations', () => {
  it('change every document once, in order, and are recorded', async () => {
    const store = await library();
    expect(await runMigrations(runOf(store))).toEqual([
      { id: '0001-title', seen: 280, changed: 280 },
      { id: '0002-count', seen: 250, changed: 250 },
    ]);
    expect(left(store)).toBe(0);
    expect((await store.get('films/f3'))?.data).toEqual({ title: 'film 3', kept: true });
    expect((await readMigrationRecord(store)).record).toMatchObject({ progress: null, lock: null });
    expect(await pendingMigrations(store, [rename, count])).toEqual([]);
  });

  it('that are applied cost one read and no write', async () => {
    const store = await library(1, 0);
    await runMigrations(runOf(store));
    const before = store.stats();
    expect(await runMigrations(runOf(store))).toEqual([]);
    expect(store.stats()).toEqual({ ...before, reads: before.reads + 1 });
  });

  it('cut off after any commit go on where they stood and change nothing twice', async () => {
    for (let commits = 0; commits < 10; commits += 1) {
      const store = await library();
      await runMigrations(runOf(dyingAfter(store, commits))).catch(() => {});
      const clock = createFakeClock(Date.parse('2026-03-01T13:00:00.000Z'));
      await runMigrations(runOf(store, { owner: 'two', clock }));
      expect([commits, left(store)]).toEqual([commits, 0]);
      expect((await readMigrationRecord(store)).record.applied.map(({ id, seen, changed }) => [id, seen, changed])).toEqual([
        ['0001-title', 280, 280],
        ['0002-count', 250, 250],
      ]);
    }
  });

  it('are refused while another run holds the lock, which ends by itself', async () => {
    const store = await library();
    await runMigrations(runOf(dyingAfter(store, 2))).catch(() => {});
    const clock = createFakeClock();
    await expect(runMigrations(runOf(store, { owner: 'two', clock }))).rejects.toThrow(MigrationBusy);
    await runMigrations(runOf(dyingAfter(store, 1), { owner: 'three', clock, soleOwner: true })).catch(() => {});
    await clock.advance(120_001);
    await runMigrations(runOf(store, { owner: 'two', clock }));
    expect(left(store)).toBe(0);
  });

  it('stop when another run has taken over, and commit nothing more', async () => {
    const store = await library();
    const clock = createFakeClock(Date.parse('2026-03-02T12:00:00.000Z'));
    let overtaken = false;
    const slow: DocumentStore = {
      ...store,
      async query(query) {
        const rows = await store.query(query);
        if (query.startAfter !== undefined && !overtaken) {
          overtaken = true;
          await runMigrations(runOf(store, { owner: 'two', clock }));
        }
        return rows;
      },
    };
    await expect(runMigrations(runOf(slow))).rejects.toThrow(MigrationBusy);
    expect((await readMigrationRecord(store)).record.applied).toHaveLength(2);
    expect((await store.get('films/f3'))?.data).toEqual({ title: 'film 3', kept: true });
  });

  it('decide anew on a document that a worker has written or deleted meanwhile', async () => {
    const store = await library(3, 0);
    const [written, deleted] = store.documents().map(({ path }) => path);
    let meddled = false;
    const live: DocumentStore = {
      ...store,
      async query(query) {
        const rows = await store.query(query);
        if (!meddled) {
          meddled = true;
          await store.commit([{ kind: 'set', path: written ?? '', data: { name: 'newer', by: 'a worker' } }]);
          await store.commit([{ kind: 'delete', path: deleted ?? '' }]);
        }
        return rows;
      },
    };
    await runMigrations(runOf(live, { migrations: [rename] }));
    expect((await store.get(written ?? ''))?.data).toEqual({ by: 'a worker', title: 'newer' });
    expect(await store.get(deleted ?? '')).toBeNull();
  });

  it('tell what they would change without writing anything', async () => {
    const store = await library();
    const writes = store.stats().writes;
    expect(await previewMigrations(runOf(store))).toEqual([
      { id: '0001-title', seen: 280, changed: 280 },
      { id: '0002-count', seen: 250, changed: 250 },
    ]);
    expect(store.stats().writes).toBe(writes);
  });
});
