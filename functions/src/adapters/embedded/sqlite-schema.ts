/**
 * Brings a database file to the layout that this release and firestore.indexes.json ask for: numbered migrations once each, then tables,
 * columns and indexes that are new (filled from the documents) and those that nobody asks for any more (dropped). One transaction:
 * a crash in between leaves the file as it was.
 */

import { collectionOf, groupOf } from '@automateos/shared/documents/document-path';
import { fieldValue } from '@automateos/shared/documents/document-query';
import type { JsonObject } from '@automateos/shared/model/json';
import { columnValue } from './sqlite-columns.ts';
import type { Driver } from './sqlite-driver.ts';
import { allTables, fieldColumn, type IndexLayout, type Layout, type TableLayout } from './sqlite-layout.ts';

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** In order, each run once per file; never changed after a release, only added to. */
const migrations: readonly { readonly id: number; readonly name: string; readonly sql: string }[] = [
  { id: 1, name: 'meta', sql: 'CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID' },
];

export class NewerDatabase extends Error {
  constructor(found: number) {
    super(`the database was written by a newer release (migration ${found}); this one knows up to ${migrations.length}`);
    this.name = 'NewerDatabase';
  }
}

/** Returns the number of this opening, by which versions made after it differ from all made before. */
export function migrate(driver: Driver, layout: Layout): number {
  const opening = driver.transaction(() => {
    runMigrations(driver);
    const created = allTables(layout).filter((table) => ensureTable(driver, table));
    dropTables(driver, layout);
    dropIndexes(driver, layout);
    if (created.length > 0) moveRows(driver, layout);
    for (const table of allTables(layout)) for (const index of table.indexes) driver.exec(createIndex(table, index));
    driver.exec(`INSERT INTO meta VALUES ('openings', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1`);
    return Number(driver.prepare(`SELECT value FROM meta WHERE key = 'openings'`).get()?.[0]);
  });
  // out of the log: even a log that loses its tail cannot lose the number and let versions repeat
  driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return opening;
}

function runMigrations(driver: Driver): void {
  driver.exec('CREATE TABLE IF NOT EXISTS migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL) STRICT');
  const done = Number(driver.prepare('SELECT coalesce(max(id), 0) FROM migrations').get()?.[0]);
  if (done > migrations.length) throw new NewerDatabase(done);
  for (const { id, name, sql } of migrations.slice(done)) {
    driver.exec(sql);
    driver.prepare(`INSERT INTO migrations VALUES (?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))`).run(id, name);
  }
}

/** True when the table was not there. */
function ensureTable(driver: Driver, table: TableLayout): boolean {
  const columns = driver
    .prepare(`SELECT name FROM pragma_table_info(?)`)
    .all(table.name)
    .map(([name]) => String(name));
  if (columns.length === 0) {
    const fields = table.fields.map((field) => `, ${quoted(fieldColumn(field))} ANY`).join('');
    driver.exec(
      `CREATE TABLE ${quoted(table.name)} (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, parent TEXT,
        version INTEGER NOT NULL, data TEXT NOT NULL${fields}) STRICT`,
    );
    return true;
  }
  const added = table.fields.filter((field) => !columns.includes(fieldColumn(field)));
  if (added.length === 0) return false;
  for (const field of added) driver.exec(`ALTER TABLE ${quoted(table.name)} ADD COLUMN ${quoted(fieldColumn(field))} ANY`);
  const set = added.map((field) => `${quoted(fieldColumn(field))} = ?`).join(', ');
  const update = driver.prepare(`UPDATE ${quoted(table.name)} SET ${set} WHERE id = ?`);
  eachRow(driver, table.name, (id, _path, data) => {
    update.run(...added.map((field) => columnValue(fieldValue(data, field))), id);
  });
  return false;
}

/** Rows in id order, in portions, so that a large table is neither held in memory nor changed under an open cursor. */
function eachRow(driver: Driver, table: string, visit: (id: number, path: string, data: JsonObject) => void): void {
  const select = driver.prepare(`SELECT id, path, data FROM ${quoted(table)} WHERE id > ? ORDER BY id LIMIT 500`);
  for (let last = 0; ; ) {
    const rows = select.all(last);
    for (const [id, path, text] of rows) visit(Number(id), String(path), JSON.parse(String(text)) as JsonObject);
    if (rows.length === 0) return;
    last = Number(rows.at(-1)?.[0]);
  }
}

/** Documents whose table nobody asks for any more go back to the shared one. */
function dropTables(driver: Driver, layout: Layout): void {
  const wanted = new Set(allTables(layout).map(({ name }) => name));
  const tables = driver.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'g:%'`).all();
  for (const name of tables.map(([table]) => String(table))) {
    if (wanted.has(name)) continue;
    driver.exec(`INSERT INTO documents (path, version, data) SELECT path, version, data FROM ${quoted(name)}`);
    driver.exec(`DROP TABLE ${quoted(name)}`);
  }
}

/** Documents whose group has just got a table of its own leave the shared one. */
function moveRows(driver: Driver, layout: Layout): void {
  const remove = driver.prepare('DELETE FROM documents WHERE id = ?');
  const version = driver.prepare('SELECT version, data FROM documents WHERE id = ?');
  eachRow(driver, 'documents', (id, path, data) => {
    const table = layout.byGroup.get(groupOf(path));
    if (!table) return;
    const row = version.get(id);
    driver.prepare(insertSql(table)).run(path, parentOf(table, path), row?.[0] ?? 0, row?.[1] ?? '', ...columnsOf(table, data));
    remove.run(id);
  });
}

/** Held only where an index starts with it: elsewhere the collection is found by its range of paths. */
export const parentOf = (table: TableLayout, path: string): string | null => (table.byParent ? collectionOf(path) : null);

export const columnsOf = (table: TableLayout, data: JsonObject) =>
  table.fields.map((field) => columnValue(fieldValue(data, field)));

export function insertSql(table: TableLayout): string {
  const fields = table.fields.map((field) => `, ${quoted(fieldColumn(field))}`).join('');
  return `INSERT INTO ${quoted(table.name)} (path, parent, version, data${fields}) VALUES (?, ?, ?, ?${', ?'.repeat(table.fields.length)})`;
}

function createIndex(table: TableLayout, index: IndexLayout): string {
  const columns = index.columns.map(quoted).join(', ');
  const sparse = index.sparse === null ? '' : ` WHERE ${quoted(index.sparse)} IS NOT NULL`;
  return `CREATE INDEX IF NOT EXISTS ${quoted(index.name)} ON ${quoted(table.name)} (${columns})${sparse}`;
}

function dropIndexes(driver: Driver, layout: Layout): void {
  const wanted = new Set(allTables(layout).flatMap(({ indexes }) => indexes.map(({ name }) => name)));
  const found = driver.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'i:%'`).all();
  for (const [name] of found) if (!wanted.has(String(name))) driver.exec(`DROP INDEX ${quoted(String(name))}`);
}
