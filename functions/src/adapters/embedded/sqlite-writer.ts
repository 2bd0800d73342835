/**
 * The writing half of the SQLite store: group commit. Commits that arrive while none is being written share one transaction and one
 * fsync; each is still atomic on its own: its preconditions are checked in order of arrival inside the transaction, and a refused one
 * changes nothing. If the shared transaction fails, all of its commits reject with StoreUnavailable and none is applied.
 *
 *     commit() -> waiting --setImmediate--> BEGIN; check and apply each; COMMIT (fsync) -> resolve each
 */
import { groupOf } from '@automateos/shared/documents/document-path';
import { checkWrites, documentText } from '@automateos/shared/documents/document-writes';
import type { CommitResult, Write } from '@automateos/shared/ports/document-store';
import type { Driver } from './sqlite-driver.ts';
import type { Content, Found, Table } from './sqlite-table.ts';

export type Prepared = {
  readonly write: Write;
  readonly table: Table;
  /** null for a delete. */
  readonly content: Content | null;
};

export type WriterOptions = {
  readonly driver: Driver;
  readonly tableOf: (group: string) => Table;
  /** Versions are the numbers above it. */
  readonly versionsAbove: number;
  /** Hears of each commit that is on the disk, refused ones included, in order, before its promise resolves. */
  readonly settled: (writes: readonly Prepared[], result: CommitResult) => void;
  /** Hears that nothing of a transaction was kept. */
  readonly rolledBack: () => void;
};

export type Writer = {
  commit(writes: readonly Write[]): Promise<CommitResult>;
  /** Writes all that waits, now. */
  drain(): void;
};

type Waiting = {
  readonly writes: readonly Prepared[];
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
};

/** Commits in one transaction at most: bounds how long the event loop is held. */
const flushLimit = 256;

export function createWriter({ driver, tableOf, versionsAbove, settled, rolledBack }: WriterOptions): Writer {
  let lastVersion = versionsAbove;
  let waiting: Waiting[] = [];
  let scheduled = false;

  const prepare = (write: Write): Prepared => {
    const table = tableOf(groupOf(write.path));
    if (write.kind === 'delete') return { write, table, content: null };
    return { write, table, content: { text: documentText(write.path, write.data), columns: table.columns(write.data) } };
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
    // no path is written twice, so that all can be checked before the first is applied
    const found = writes.map(({ write, table }) => table.find(write.path));
    for (const [index, { write }] of writes.entries()) {
      const failed = failedWrite(write, found[index]);
      if (failed) return { ok: false, failed, path: write.path };
    }
    return { ok: true, versions: writes.map((prepared, index) => apply(prepared, found[index])) };
  };

  const writeOut = (batch: readonly Waiting[]): void => {
    let results: readonly CommitResult[];
    try {
      results = driver.transaction(() => batch.map(({ writes }) => applyAll(writes)));
    } catch (error) {
      rolledBack();
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const [index, { writes, resolve }] of batch.entries()) {
      const result = results[index];
      if (!result) continue;
      settled(writes, result);
      resolve(result);
    }
  };

  const flush = (): void => {
    const batch = waiting.slice(0, flushLimit);
    waiting = waiting.slice(flushLimit);
    scheduled = waiting.length > 0;
    if (scheduled) setImmediate(flush);
    if (batch.length > 0) writeOut(batch);
  };

  return {
    commit(writes) {
      checkWrites(writes);
      const prepared = writes.map(prepare);
      return new Promise((resolve, reject) => {
        waiting.push({ writes: prepared, resolve, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(flush);
      });
    },
    drain() {
      while (waiting.length > 0) flush();
    },
  };
}

function failedWrite(write: Write, found: Found | undefined): 'exists' | 'version' | null {
  if (write.kind === 'create') return found ? 'exists' : null;
  if (write.kind === 'set' || write.version === undefined) return null;
  return found && String(found.version) === write.version ? null : 'version';
}
