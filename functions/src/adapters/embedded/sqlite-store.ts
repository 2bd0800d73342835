/**
 * The DocumentStore on SQLite, for the one process that owns the data folder: documents as JSON text, indexed fields in columns beside it,
 * WAL with one fsync for all commits of a tick. Nothing is read or written before createSqliteStore or after close.
 */
import { createWatchers } from '@automateos/shared/documents/document-watchers';
import { type CommitResult, type DocumentStore, StoreUnavailable } from '@automateos/shared/ports/document-store';
import { type Driver, openDriver } from './sqlite-driver.ts';
import { type IndexFile, layoutOf } from './sqlite-layout.ts';
import { createMaintenance, type Maintenance } from './sqlite-maintenance.ts';
import { createReader, toSnapshot } from './sqlite-reader.ts';
import { migrate } from './sqlite-schema.ts';
import { createKnownRows, createTable, type Table } from './sqlite-table.ts';
import { createWriter, type Prepared } from './sqlite-writer.ts';

export type SqliteStore = DocumentStore &
  Maintenance & {
    /** Writes what was handed over, then closes the file. Later calls reject with StoreUnavailable. */
    close(): Promise<void>;
  };

export type SqliteStoreOptions = {
  /** Created if absent. */
  readonly file: string;
  /** The parsed firestore.indexes.json. */
  readonly indexes: IndexFile;
};

/** Versions of one opening of the file; the next opening starts above. */
const versionsPerOpening = 2 ** 32;

export function createSqliteStore({ file, indexes }: SqliteStoreOptions): SqliteStore {
  const driver = openDriver(file);
  try {
    return storeOver(driver, indexes);
  } catch (error) {
    driver.close();
    throw error;
  }
}

function storeOver(driver: Driver, indexes: IndexFile): SqliteStore {
  const layout = layoutOf(indexes);
  const opening = migrate(driver, layout);
  const known = createKnownRows();
  const shared = createTable(driver, layout.shared, known);
  const tables = new Map([...layout.byGroup].map(([group, table]) => [group, createTable(driver, table, known)]));
  const tableOf = (group: string): Table => tables.get(group) ?? shared;
  const watchers = createWatchers();
  const stats = { reads: 0, writes: 0, deletes: 0, commits: 0 };
  let closed = false;

  const settled = (writes: readonly Prepared[], result: CommitResult): void => {
    stats.commits += 1;
    if (!result.ok) return;
    for (const { content } of writes) stats[content ? 'writes' : 'deletes'] += 1;
    const changes = writes.flatMap(({ write: { path }, content }, index) =>
      watchers.wants(path) ? [{ path, snapshot: content && toSnapshot(path, result.versions[index] ?? '', content.text) }] : [],
    );
    watchers.deliver(changes);
  };

  const reader = createReader(driver, tableOf);
  const writer = createWriter({
    driver,
    tableOf,
    versionsAbove: opening * versionsPerOpening,
    settled,
    rolledBack: () => known.clear(),
  });
  const mustBeOpen = (): void => {
    if (closed) throw new StoreUnavailable('the store is closed');
  };

  return {
    async get(path) {
      mustBeOpen();
      stats.reads += 1;
      return reader.get(path);
    },
    async getAll(paths) {
      mustBeOpen();
      stats.reads += paths.length;
      return paths.map(reader.get);
    },
    async commit(writes) {
      mustBeOpen();
      return writer.commit(writes);
    },
    async query(query) {
      mustBeOpen();
      const rows = reader.query(query);
      stats.reads += Math.max(1, rows.length);
      return rows;
    },
    async count(query) {
      mustBeOpen();
      stats.reads += 1;
      return reader.count(query);
    },
    watch: (path, listener, since) => watchers.add(path, listener, since),
    stats: () => ({ ...stats }),
    ...createMaintenance(driver, layout),
    async close() {
      if (closed) return;
      closed = true;
      writer.drain();
      driver.close();
    },
  };
}
