/**
 * The only importer of node:sqlite: opens a database the way a store needs it, turns whatever SQLite throws into StoreUnavailable and
 * gives statements out prepared. WAL with synchronous=FULL: a COMMIT that returned is on the disk, with one fsync.
 */
import { closeSync, openSync, rmSync, truncateSync } from 'node:fs';
import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';

export type Value = SQLInputValue;
export type Row = readonly (string | number | Uint8Array | null)[];

export type Statement = {
  /** Rows changed. */
  run(...values: readonly Value[]): number;
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): readonly Row[];
  iterate(...values: readonly Value[]): Iterable<Row>;
};

export type Driver = {
  /** Prepared once per text and forgotten at some time; the text must not hold anything that a user sent. */
  prepare(sql: string): Statement;
  /** Prepared for as long as the caller holds it. */
  keep(sql: string): Statement;
  exec(sql: string): void;
  /** Runs `body` in a transaction that is committed (and fsync'd) when this returns, and rolled back when it throws. */
  transaction<T>(body: () => T): T;
  /** Copies the live database, in steps between which others run; refuses a target that exists. */
  backup(targetFile: string): Promise<void>;
  close(): void;
};

/** Statements that are kept prepared; queries vary in shape, not without end. */
const statementLimit = 256;

const pragmas = `
  PRAGMA page_size = 4096;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA cache_size = -32768;
  PRAGMA temp_store = MEMORY;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA journal_size_limit = 33554432;
  PRAGMA trusted_schema = OFF;
`;

export function openDriver(file: string): Driver {
  const database = guarded(() => new DatabaseSync(file, { timeout: 5000 }));
  try {
    guarded(() => database.exec(pragmas));
  } catch (error) {
    database.close();
    throw error;
  }
  const statements = new Map<string, Statement>();
  const keep = (sql: string): Statement => wrap(guarded(() => database.prepare(sql)));
  const prepare = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= statementLimit) statements.clear();
    const statement = keep(sql);
    statements.set(sql, statement);
    return statement;
  };
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');

  return {
    prepare,
    keep,
    exec: (sql) => guarded(() => database.exec(sql)),
    transaction(body) {
      guarded(() => begin.run());
      try {
        const result = body();
        guarded(() => commit.run());
        return result;
      } catch (error) {
        // SQLite has rolled back by itself after the gravest failures; a rollback that fails leaves nothing to be undone by us
        if (database.isTransaction) guarded(() => database.exec('ROLLBACK'));
        throw error;
      }
    },
    backup: async (targetFile) => {
      try {
        // for the owner alone, and never over something that is there
        closeSync(openSync(targetFile, 'wx', 0o600));
      } catch (error) {
        throw new StoreUnavailable(`backup to ${targetFile} failed: ${messageOf(error)}`, { cause: error });
      }
      try {
        await backupPatiently(database, targetFile);
      } catch (error) {
        rmSync(targetFile, { force: true });
        throw new StoreUnavailable(`backup to ${targetFile} failed: ${messageOf(error)}`, { cause: error });
      }
    },
    close: () => {
      statements.clear();
      if (database.isOpen) database.close();
    },
  };
}

/** Seen where commits fall between a backup's portions: node reports SQLite's passing `busy` as an error without a code. */
const backupAttempts = 10;

async function backupPatiently(database: DatabaseSync, targetFile: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await backup(database, targetFile, { rate: 1000 });
      return;
    } catch (error) {
      const passing = error instanceof Error && 'errcode' in error && error.errcode === 0;
      if (!passing || attempt >= backupAttempts) throw error;
      truncateSync(targetFile);
    }
  }
}

/**
 * A consistent, compact copy (0600) of a database that another process may be using, from a read-only connection; its owner goes on
 * writing. Rejects a target that exists. Takes seconds per gigabyte and holds this process meanwhile.
 */
export function copyDatabase(file: string, targetFile: string): void {
  guarded(() => closeSync(openSync(targetFile, 'wx', 0o600)));
  try {
    const database = guarded(() => new DatabaseSync(file, { readOnly: true, timeout: 5000 }));
    try {
      guarded(() => database.prepare('VACUUM INTO ?').run(targetFile));
    } finally {
      database.close();
    }
  } catch (error) {
    rmSync(targetFile, { force: true });
    throw error;
  }
}

function wrap(statement: StatementSync): Statement {
  statement.setReturnArrays(true);
  // rows are arrays of what the columns hold, because of the line above; the typings know only objects
  const rows = (value: unknown): readonly Row[] => value as readonly Row[];
  return {
    run: (...values) => guarded(() => Number(statement.run(...values).changes)),
    get: (...values) => guarded(() => statement.get(...values) as unknown as Row | undefined),
    all: (...values) => guarded(() => rows(statement.all(...values))),
    iterate: (...values) => guardedRows(() => statement.iterate(...values) as unknown as Iterable<Row>),
  };
}

/** What a reader of the rows throws passes by: only SQLite's own errors are turned. */
function* guardedRows(rows: () => Iterable<Row>): Iterable<Row> {
  try {
    yield* rows();
  } catch (error) {
    throw new StoreUnavailable(`SQLite: ${messageOf(error)}`, { cause: error });
  }
}

function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new StoreUnavailable(`SQLite: ${messageOf(error)}`, { cause: error });
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const busy = 5;

/**
 * Takes SQLite's write lock on `file` for as long as this process lives or until it is released; null when somebody has it. Within one
 * process too. Nobody may open the file by other means in this process: closing it would drop the lock (POSIX).
 */
export function tryLock(file: string): (() => void) | null {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return null;
    throw error;
  }
  return () => {
    if (database.isOpen) database.close();
  };
}
