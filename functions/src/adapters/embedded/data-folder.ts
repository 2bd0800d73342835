/**
 * The data folder has one owner. The lock is SQLite's own write lock on a small database, held by an open transaction: the operating
 * system drops it when the process dies, however it dies, so there is no stale lock to guess about and a reused process id
 * cannot confuse it. `owner.pid` only tells a second start whom it ran into.
 */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { tryLock } from './sqlite-driver.ts';

export type DataFolder = {
  /** Absolute. */
  readonly path: string;
  readonly databaseFile: string;
  readonly blobsFolder: string;
  /** Of the key ring, which creates it (0600). */
  readonly keyFile: string;
  /** Gives the folder up. The store must be closed before. */
  close(): void;
};

/** Another process uses the folder. */
export class DataFolderBusy extends Error {
  /** null where the owner could not be read. */
  readonly pid: number | null;

  constructor(path: string, pid: number | null) {
    super(
      `${path} is in use by ${pid === null ? 'another process' : `process ${pid}`}. Stop it, or set AUTOMATEOS_DATA_DIR to another folder.`,
    );
    this.name = 'DataFolderBusy';
    this.pid = pid;
  }
}

/** The folder cannot be created or written. */
export class DataFolderUnusable extends Error {
  constructor(path: string, cause: unknown) {
    super(`${path} cannot be used as the data folder: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'DataFolderUnusable';
  }
}

export function openDataFolder(folder: string): DataFolder {
  const path = resolve(folder);
  const lockFile = join(path, 'lock.db');
  const pidFile = join(path, 'owner.pid');
  const databaseFile = join(path, 'automateos.db');
  let release: (() => void) | null;
  try {
    // an existing folder keeps its mode: it may be shared on purpose; what we put into it is the owner's alone
    makeFolder(path);
    makePrivate(lockFile);
    release = tryLock(lockFile);
    if (release) {
      // SQLite gives its log and index files the mode of the database
      makePrivate(databaseFile);
      writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    }
  } catch (error) {
    throw new DataFolderUnusable(path, error);
  }
  if (!release) throw new DataFolderBusy(path, readPid(pidFile));
  return {
    path,
    databaseFile,
    blobsFolder: join(path, 'blobs'),
    keyFile: join(path, 'key.json'),
    close: release,
  };
}

/**
 * With its parents. Not by `recursive`, which tries for ever where a folder that exists can hold none (/proc), because mkdir answers there
 * that the parent is missing.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // somebody else was faster; that it is a folder shows when it is used
    if (!existsSync(path)) throw error;
  }
}

/** Creates the file if it is not there, and never opens it if it is: closing it again would drop a lock that this process has on it. */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    chmodSync(file, 0o600);
  }
}

function readPid(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    // the owner has the lock but has not written its number yet
    return null;
  }
}
