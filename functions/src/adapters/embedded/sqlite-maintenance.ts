/** What operators do with the database file while it is in use: size by collection group, giving space back, backup, check. */
import { setImmediate } from 'node:timers/promises';
import { groupOf } from '@automateos/shared/documents/document-path';
import type { Query } from '@automateos/shared/ports/document-store';
import type { Driver } from './sqlite-driver.ts';
import { allTables, type Layout, tableFor } from './sqlite-layout.ts';
import { groupOfQuery, planQuery } from './sqlite-query.ts';
import { quoted } from './sqlite-schema.ts';

export type Maintenance = {
  /** Bytes by collection group: the documents' texts and paths, without indexes and free space. Reads every row, in portions. */
  storageBytes(): Promise<ReadonlyMap<string, number>>;
  /** Bytes of the file that hold nothing, which `vacuum` can give back. */
  freeBytes(): number;
  /** Gives up to `pages` free pages (all by default) back to the file system; returns bytes freed. Live, in small steps if asked so. */
  vacuum(pages?: number): number;
  /** Caps the file at so many pages (not below what it has): a full disk on demand. Returns the cap. */
  limitPages(pages: number): number;
  /** A consistent copy (0600) of the live database; rejects when `targetFile` exists already. */
  backup(targetFile: string): Promise<void>;
  /** What SQLite finds wrong with the file; empty when it is sound. */
  integrityCheck(): readonly string[];
  /** What guards a commit: `wal` and 2 (full: fsync'd before COMMIT returns) unless somebody has changed the driver. */
  durability(): { readonly journalMode: string; readonly synchronous: number };
  /** How SQLite will look for a query's rows, a line per step. */
  explain(query: Query): string;
};

/** Rows that are read before others get their turn. */
const portionRows = 2_000;

export function createMaintenance(driver: Driver, layout: Layout): Maintenance {
  const pragma = (name: string): number => Number(driver.prepare(`PRAGMA ${name}`).get()?.[0]);
  return {
    async storageBytes() {
      const bytes = new Map<string, number>();
      for (const table of allTables(layout)) {
        const size = 'octet_length(data) + octet_length(path)';
        const rows = driver.keep(
          `SELECT id, path, ${size} FROM ${quoted(table.name)} WHERE id > ? ORDER BY id LIMIT ${portionRows}`,
        );
        for (let last = 0; ; await setImmediate()) {
          const portion = rows.all(last);
          for (const [, path, count] of portion) {
            const group = table.group ?? groupOf(String(path));
            bytes.set(group, (bytes.get(group) ?? 0) + Number(count));
          }
          if (portion.length < portionRows) break;
          last = Number(portion.at(-1)?.[0]);
        }
      }
      return bytes;
    },
    freeBytes: () => pragma('freelist_count') * pragma('page_size'),
    vacuum(pages = 0) {
      const before = pragma('page_count');
      // stepped to its end: each step frees one page
      driver.prepare(`PRAGMA incremental_vacuum(${Math.max(0, Math.trunc(pages))})`).all();
      const freed = (before - pragma('page_count')) * pragma('page_size');
      if (freed > 0) driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return freed;
    },
    limitPages: (pages) => pragma(`max_page_count = ${Math.max(1, Math.trunc(pages))}`),
    backup: (targetFile) => driver.backup(targetFile),
    integrityCheck() {
      const rows = driver.prepare('PRAGMA integrity_check').all();
      return rows.map(([line]) => String(line)).filter((line) => line !== 'ok');
    },
    durability: () => ({
      journalMode: String(driver.prepare('PRAGMA journal_mode').get()?.[0]),
      synchronous: pragma('synchronous'),
    }),
    explain(query) {
      const { sql, values } = planQuery(tableFor(layout, groupOfQuery(query)), query);
      const steps = driver.prepare(`EXPLAIN QUERY PLAN SELECT path ${sql}`).all(...values);
      return steps.map((step) => String(step[3])).join('\n');
    },
  };
}
