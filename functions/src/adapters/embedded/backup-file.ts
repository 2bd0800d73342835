/**
 * A backup is one file: a copy of the database with the blobs in a table of their own. The blobs are packed after the copy was made: they
 * never change and are written before the document that refers to them, so all that the copy refers to is there. A database file
 * that is such a backup says so in its header; the first start on it puts the blobs back into their folder.
 */
import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { type Driver, openDriver } from './sqlite-driver.ts';

export type BlobFile = { readonly name: string; readonly bytes: Uint8Array };

/** Bytes of one commit: what holds the event loop at a time. */
const portionBytes = 1_048_576;
/** "AOSB", where SQLite keeps an application's mark: https://www.sqlite.org/fileformat2.html#application_id */
const mark = 0x414f5342;
const markOffset = 68;
const table = '"backup:blobs"';

/** Nobody else may use `file` meanwhile. */
export async function packBackup(file: string, blobs: AsyncIterable<BlobFile>): Promise<void> {
  const driver = openDriver(file);
  try {
    driver.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bytes BLOB NOT NULL) STRICT`);
    const insert = driver.keep(`INSERT INTO ${table} (name, bytes) VALUES (?, ?)`);
    let portion: BlobFile[] = [];
    const write = (): void => {
      driver.transaction(() => portion.map(({ name, bytes }) => insert.run(name, bytes)));
      portion = [];
    };
    let size = 0;
    for await (const blob of blobs) {
      portion.push(blob);
      size += blob.bytes.byteLength;
      if (size < portionBytes) continue;
      write();
      size = 0;
      await setImmediate();
    }
    write();
    driver.exec(`PRAGMA application_id = ${mark}`);
  } finally {
    driver.close();
  }
}

/** Before the store is opened. Does nothing to a database that is no backup, and goes on where it was cut off. Returns the blobs put back. */
export async function unpackBackup(file: string, restore: (blob: BlobFile) => Promise<void>): Promise<number> {
  if (!(await isBackup(file))) return 0;
  const driver = openDriver(file);
  try {
    const packed = driver.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'backup:blobs'`).get()?.[0];
    const restored = packed === 1 ? await restoreAll(driver, restore) : 0;
    driver.transaction(() => driver.exec(`DROP TABLE IF EXISTS ${table}; PRAGMA application_id = 0`));
    return restored;
  } finally {
    driver.close();
  }
}

async function restoreAll(driver: Driver, restore: (blob: BlobFile) => Promise<void>): Promise<number> {
  const next = driver.keep(`SELECT id, name, bytes FROM ${table} WHERE id > ? ORDER BY id LIMIT 1`);
  let restored = 0;
  for (let last = 0; ; restored += 1) {
    const row = next.get(last);
    if (row === undefined) return restored;
    const [id, name, bytes] = row;
    if (!(bytes instanceof Uint8Array)) throw new TypeError('the backup holds a blob that is none');
    await restore({ name: String(name), bytes });
    last = Number(id);
  }
}

async function isBackup(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, markOffset);
    return bytesRead === 4 && buffer.readUInt32BE() === mark;
  } finally {
    await handle.close();
  }
}
