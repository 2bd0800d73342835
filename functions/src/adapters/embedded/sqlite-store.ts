/**
 * The DocumentStore on SQLite, for one process. Group commit: commits that arrive while none is being written share one transaction and
 * one fsync; each is still atomic on its own, its preconditions checked in order of arrival inside the transaction, and a
 * refused one changes nothing. If the shared transaction fails, all of its commits reject with StoreUnavailable and none is applied.
 *
 *     commit() -> waiting --setImmediate--> BEGIN; check and apply each; COMMIT (fsync) -> resolve each, tell watchers
 */
import { collectionOf, groupOf, isDocumentPath } from '@automateos/shared/model/document-path';
import { checkQuery, matches, selectRows } from '@automateos/shared/model/document-query';
import { createWatchers } from '@automateos/shared/model/document-watchers';
import { checkWrites, documentText } from '@automateos/shared/model/document-writes';
import type { JsonObject } from '@automateos/shared/model/json';
import {
  type CommitResult,
  type DocumentStore,
  type Query,
  type Snapshot,
  StoreUnavailable,
  type Write,
} from '@automateos/shared/ports/document-store';
import { openDriver } from './sqlite-driver.ts';
import { type IndexFile, layoutOf } from './sqlite-layout.ts';
import { createMaintenance, type Maintenance } from './sqlite-maintenance.ts';
import { planQuery } from './sqlite-query.ts';
import { migrate } from './sqlite-schema.ts';
import { type Content, createTable, type Found, type Table } from './sqlite-table.ts';

export type SqliteStore = DocumentStore &
  Maintenance & {
    /** Writes what was handed over, then closes the file. Later commits reject. */
    close(): Promise<void>;
  };

export type SqliteStoreOptions = {
  /** Created if absent. */
  readonly file: string;
  /** The parsed firestore.indexes.json. */
  readonly indexes: IndexFile;
};

type Prepared = {
  readonly write: Write;
  readonly table: Table;
  /** null for a delete. */
  readonly content: Content | null;
};

type Waiting = {
  readonly writes: readonly Prepared[];
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
};

/** Commits in one transaction at most: bounds how long the event loop is held. */
const flushLimit = 256;
/** Versions of one opening of the file; the next opening starts above. */
const versionsPerOpening = 2 ** 32;

export function createSqliteStore({ file, indexes }: SqliteStoreOptions): SqliteStore {
  const driver = openDriver(file);
  const layout = layoutOf(indexes);
  let lastVersion: number;
  try {
    lastVersion = migrate(driver, layout) * versionsPerOpening;
  } catch (error) {
    driver.close();
    throw error;
  }
  const tables = new Map([...layout].map(([group, table]) => [group, createTable(driver, table)]));
  const shared =
    tables.get('') ?? createTable(driver, { name: 'documents', group: null, fields: [], indexes: [], byParent: false });
  const tableOf = (group: string): Table => tables.get(group) ?? shared;
  const watchers = createWatchers();
  const stats = { reads: 0, writes: 0, deletes: 0, commits: 0 };
  let waiting: Waiting[] = [];
  let scheduled = false;
  let closed = false;

  const prepare = (write: Write): Prepared => {
    const table = tableOf(groupOf(write.path));
    if (write.kind === 'delete') return { write, table, content: null };
    const text = documentText(write.path, write.data);
    return { write, table, content: { text, columns: table.columns(write.data) } };
  };

  const apply = ({ write, table, content }: Prepared, found: Found | undefined): string => {
    if (!content) {
      if (found) table.remove(found);
      return '';
    }
    lastVersion += 1;
    if (found) table.update(found, lastVersion, content);
    else table.insert(write.path, lastVersion, content);
    return String(lastVersion);
  };

  const applyAll = (writes: readonly Prepared[]): CommitResult => {
    const found = writes.map(({ write, table }) => table.find(write.path));
    for (const [index, { write }] of writes.entries()) {
      const failed = failedWrite(write, found[index]);
      if (failed) return { ok: false, failed, path: write.path };
    }
    return { ok: true, versions: writes.map((prepared, index) => apply(prepared, found[index])) };
  };

  const flush = (): void => {
    const batch = waiting.length > flushLimit ? waiting.slice(0, flushLimit) : waiting;
    waiting = waiting.length > flushLimit ? waiting.slice(flushLimit) : [];
    scheduled = waiting.length > 0;
    if (scheduled) setImmediate(flush);
    let results: readonly CommitResult[];
    try {
      results = driver.transaction(() => batch.map(({ writes }) => applyAll(writes)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const [index, { writes, resolve }] of batch.entries()) {
      const result = results[index];
      if (!result) continue;
      settle(writes, result);
      resolve(result);
    }
  };

  const settle = (writes: readonly Prepared[], result: CommitResult): void => {
    stats.commits += 1;
    if (!result.ok) return;
    for (const { content } of writes) stats[content ? 'writes' : 'deletes'] += 1;
    const changes = writes.flatMap(({ write: { path }, content }, index) => {
      if (!watchers.wants(path)) return [];
      const version = result.versions[index] ?? '';
      return [{ path, snapshot: content && toSnapshot(path, version, content.text) }];
    });
    watchers.deliver(changes);
  };

  const commit = (writes: readonly Write[]): Promise<CommitResult> => {
    checkWrites(writes);
    if (closed) throw new StoreUnavailable('the store is closed');
    const prepared = writes.map(prepare);
    return new Promise((resolve, reject) => {
      waiting.push({ writes: prepared, resolve, reject });
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    });
  };

  const read = (path: string): Snapshot | null => {
    if (closed) throw new StoreUnavailable('the store is closed');
    stats.reads += 1;
    if (!isDocumentPath(path)) return null;
    const row = tableOf(groupOf(path)).read(path);
    return row ? toSnapshot(path, String(row.version), row.text) : null;
  };

  const select = (query: Query): readonly Snapshot[] => {
    checkQuery(query);
    if (closed) throw new StoreUnavailable('the store is closed');
    const plan = planQuery(tableOf(groupOfQuery(query)).layout, query);
    const rows = driver.prepare(`SELECT path, version, data ${plan.sql}`).iterate(...plan.values);
    const limit = query.limit ?? Number.POSITIVE_INFINITY;
    const kept: Snapshot[] = [];
    if (limit === 0) return kept;
    for (const [path, version, text] of rows) {
      if (plan.foreign && !isIn(query, String(path))) continue;
      const snapshot = toSnapshot(String(path), String(version), String(text));
      if (!matches(snapshot.data, plan.rest)) continue;
      kept.push(snapshot);
      if (!plan.unordered && kept.length === limit) break;
    }
    return plan.unordered ? selectRows(kept, query) : kept;
  };

  const count = (query: Query): number => {
    checkQuery(query);
    if (closed) throw new StoreUnavailable('the store is closed');
    const { limit, ...unlimited } = query;
    const plan = planQuery(tableOf(groupOfQuery(query)).layout, unlimited);
    if (plan.rest.length > 0 || plan.unordered || plan.foreign) return select(query).length;
    const all = Number(driver.prepare(`SELECT count(*) ${plan.sql}`).get(...plan.values)?.[0]);
    return Math.min(all, limit ?? all);
  };

  return {
    get: async (path) => read(path),
    getAll: async (paths) => paths.map(read),
    commit: async (writes) => commit(writes),
    async query(query) {
      const rows = select(query);
      stats.reads += Math.max(1, rows.length);
      return rows;
    },
    async count(query) {
      stats.reads += 1;
      return count(query);
    },
    watch: (path, listener) => watchers.add(path, listener),
    stats: () => ({ ...stats }),
    ...createMaintenance(driver, layout),
    async close() {
      if (closed) return;
      closed = true;
      while (waiting.length > 0) flush();
      driver.close();
    },
  };
}

const groupOfQuery = ({ collection, group }: Query): string =>
  group ? collection : collection.slice(collection.lastIndexOf('/') + 1);

const isIn = ({ collection, group }: Query, path: string): boolean =>
  group ? groupOf(path) === collection : collectionOf(path).length === collection.length;

function failedWrite(write: Write, found: Found | undefined): 'exists' | 'version' | null {
  if (write.kind === 'create') return found ? 'exists' : null;
  if (write.kind === 'set' || write.version === undefined) return null;
  return found && String(found.version) === write.version ? null : 'version';
}

function toSnapshot(path: string, version: string, text: string): Snapshot {
  // what documentText made of a JsonObject
  return { path, version, data: JSON.parse(text) as JsonObject };
}
