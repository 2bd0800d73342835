/**
 * Row operations of one table. An update sets only those index columns whose values have changed: SQLite rewrites the entries of
 * every index of which a column is set, changed or not. Callers run them inside the driver's transaction.
 */
import { fieldValue } from '@automateos/shared/documents/document-query';
import type { JsonObject } from '@automateos/shared/model/json';
import { LRUCache } from 'lru-cache';
import { type ColumnValue, columnValue, sameColumn } from './sqlite-columns.ts';
import type { Driver } from './sqlite-driver.ts';
import { fieldColumn, type TableLayout } from './sqlite-layout.ts';
import { insertSql, parentOf, quoted } from './sqlite-schema.ts';

/** What a commit has to know of the stored row before it writes. */
export type Found = {
  readonly path: string;
  readonly id: number;
  readonly version: number;
  readonly columns: readonly ColumnValue[];
};
export type Content = { readonly text: string; readonly columns: readonly ColumnValue[] };

export type Table = {
  readonly layout: TableLayout;
  /** The index columns of a document, taken when it is handed over. */
  columns(data: JsonObject): readonly ColumnValue[];
  find(path: string): Found | undefined;
  insert(path: string, version: number, content: Content): void;
  update(found: Found, version: number, content: Content): void;
  remove(found: Found): void;
  read(path: string): { readonly version: number; readonly text: string } | undefined;
};

/** What the last commits have seen of rows, by path: a branch is written many times in a row, and asked for its version each time. */
export type KnownRows = Pick<LRUCache<string, Found>, 'get' | 'set' | 'delete' | 'clear'>;

/** One for all tables: an LRU cache takes its memory when it is made. */
export const createKnownRows = (): KnownRows => new LRUCache<string, Found>({ max: 10_000 });

/** `known` must be cleared after a rollback: what it remembers may never have been. */
export function createTable(driver: Driver, layout: TableLayout, known: KnownRows): Table {
  const name = quoted(layout.name);
  const columns = layout.fields.map((field) => quoted(fieldColumn(field)));
  const find = driver.keep(`SELECT ${['id', 'version', ...columns].join(', ')} FROM ${name} WHERE path = ?`);
  const insert = driver.keep(insertSql(layout));
  const update = driver.keep(`UPDATE ${name} SET version = ?, data = ? WHERE id = ?`);
  const remove = driver.keep(`DELETE FROM ${name} WHERE id = ?`);
  const read = driver.keep(`SELECT version, data FROM ${name} WHERE path = ?`);

  return {
    layout,
    columns: (data) => layout.fields.map((field) => columnValue(fieldValue(data, field))),
    find(path) {
      // the driver holds the file exclusively: nobody else changes a row
      const seen = known.get(path);
      if (seen) return seen;
      const row = find.get(path);
      if (!row) return undefined;
      const found = { path, id: Number(row[0]), version: Number(row[1]), columns: row.slice(2) };
      known.set(path, found);
      return found;
    },
    insert(path, version, content) {
      insert.run(path, parentOf(layout, path), version, content.text, ...content.columns);
    },
    update(found, version, content) {
      known.set(found.path, { ...found, version, columns: content.columns });
      const changed = columns.flatMap((_, index) =>
        sameColumn(content.columns[index] ?? null, found.columns[index] ?? null) ? [] : [index],
      );
      if (changed.length === 0) {
        update.run(version, content.text, found.id);
        return;
      }
      const set = changed.map((index) => `, ${columns[index]} = ?`).join('');
      const values = changed.map((index) => content.columns[index] ?? null);
      driver
        .prepare(`UPDATE ${name} SET version = ?, data = ?${set} WHERE id = ?`)
        .run(version, content.text, ...values, found.id);
    },
    remove(found) {
      known.delete(found.path);
      remove.run(found.id);
    },
    read(path) {
      const row = read.get(path);
      return row && { version: Number(row[0]), text: String(row[1]) };
    },
  };
}
