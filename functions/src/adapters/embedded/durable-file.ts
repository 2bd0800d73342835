/**
 * Files that are there whole or not at all: written beside their place, fsync'd, renamed, and the folder fsync'd, so that they outlive
 * a power cut once the promise has resolved.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export type DurableWrite = {
  readonly file: string;
  readonly bytes: Uint8Array | string;
  /** A folder on the same file system for the unfinished file; the file's own by default. */
  readonly scratch?: string;
};

/** Readable by the owner only, as everything in the data folder. */
export async function writeDurably({ file, bytes, scratch = dirname(file) }: DurableWrite): Promise<void> {
  const unfinished = join(scratch, `.${randomUUID()}.tmp`);
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(dirname(file));
}

/** Makes a folder and those above it that are missing, all durable. */
export async function makeFolderDurably(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no way to sync a folder and journals renames itself
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
