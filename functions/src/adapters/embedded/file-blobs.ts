/**
 * Blobs as files. A key's segments become folders and a file under names that no file system mistakes: lower-case letters, digits, `-`
 * and `_` stay, every other byte is escaped, long segments are hashed. Folders and files have different prefixes, so that `a` and
 * `a/b` can both be blobs.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isBlobKey, isBlobPrefix } from '@automateos/shared/documents/blob-key';
import type { Blobs } from '@automateos/shared/ports/blobs';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { makeFolderDurably, writeDurably } from './durable-file.ts';

/** Characters of a file name; file systems allow 255 bytes. */
const nameLimit = 120;

export type FileBlobsOptions = {
  /** Created if absent; nothing else may be kept in it. */
  readonly folder: string;
};

export type FileBlobs = Blobs & {
  /** Every blob that is there when its turn comes; `name` is its place in the folder, the same on every machine. */
  files(): AsyncGenerator<{ readonly name: string; readonly bytes: Uint8Array }>;
  /** Puts back what `files` gave, durably. Throws TypeError for a name that it cannot have given. */
  restore(blob: { readonly name: string; readonly bytes: Uint8Array }): Promise<void>;
  /** Bytes of all blobs. */
  size(): Promise<number>;
};

export function createFileBlobs({ folder }: FileBlobsOptions): FileBlobs {
  const scratch = join(folder, 'tmp');
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  // what a crash left unfinished or half deleted
  for (const name of readdirSync(scratch)) rmSync(join(scratch, name), { recursive: true, force: true });

  return {
    async put(key, bytes) {
      if (!isBlobKey(key)) throw new TypeError(`not a blob key: ${JSON.stringify(key.slice(0, 200))}`);
      const file = fileOf(folder, key);
      // taken now: the caller may go on using its buffer
      const content = Uint8Array.from(bytes);
      await answered(`write blob ${key}`, async () => {
        try {
          await makeFolderDurably(dirname(file));
          await writeDurably({ file, bytes: content, scratch });
        } catch (error) {
          if (!isMissing(error)) throw error;
          // the folder was deleted in between
          await makeFolderDurably(dirname(file));
          await writeDurably({ file, bytes: content, scratch });
        }
      });
    },
    async get(key) {
      if (!isBlobKey(key)) return null;
      const buffer = await answered(`read blob ${key}`, () => orMissing(readFile(fileOf(folder, key)), null));
      // plain bytes: a Buffer is serialised and sliced differently
      return buffer && new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    },
    async deletePrefix(prefix) {
      if (!isBlobPrefix(prefix)) throw new TypeError(`not a blob prefix: ${JSON.stringify(prefix.slice(0, 200))}`);
      // out of sight in one step, then deleted at leisure
      const doomed = join(scratch, randomUUID());
      return answered(`delete blobs ${prefix}`, async () => {
        const there = await orMissing(
          rename(folderOf(folder, prefix.slice(0, -1).split('/')), doomed).then(() => true),
          false,
        );
        if (!there) return 0;
        const freed = await bytesBelow(doomed);
        await rm(doomed, { recursive: true, force: true });
        return freed;
      });
    },
    async *files() {
      for await (const name of filesBelow(folder)) {
        const bytes = await orMissing(readFile(join(folder, name)), null);
        if (bytes) yield { name, bytes };
      }
    },
    async restore({ name, bytes }) {
      if (!/^(d-[a-z0-9_%-]+\/)*b-[a-z0-9_%-]+$/.test(name)) throw new TypeError('not the name of a blob file');
      const file = join(folder, name);
      await makeFolderDurably(dirname(file));
      await writeDurably({ file, bytes, scratch });
    },
    async size() {
      let total = 0;
      for await (const name of filesBelow(folder)) total += (await orMissing(stat(join(folder, name)), { size: 0 })).size;
      return total;
    },
  };
}

/** Paths below `root` of all blob files, with slashes; a folder that goes away meanwhile is passed over. */
async function* filesBelow(root: string, folder = ''): AsyncGenerator<string> {
  for (const entry of await orMissing(readdir(join(root, folder), { withFileTypes: true }), [])) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() && entry.name.startsWith('d-')) yield* filesBelow(root, name);
    else if (entry.isFile() && entry.name.startsWith('b-')) yield name;
  }
}

const folderOf = (root: string, segments: readonly string[]): string =>
  join(root, ...segments.map((name) => `d-${fileName(name)}`));

function fileOf(root: string, key: string): string {
  const segments = key.split('/');
  return join(folderOf(root, segments.slice(0, -1)), `b-${fileName(segments.at(-1) ?? '')}`);
}

/** Different for different segments, also where the file system ignores case or normalises accents. */
function fileName(segment: string): string {
  const escaped = segment.replace(/[^a-z0-9_-]+/gu, (text) => [...Buffer.from(text)].map(escapeByte).join(''));
  if (escaped.length <= nameLimit) return escaped;
  return `%h${createHash('sha256').update(segment).digest('hex')}`;
}

const escapeByte = (byte: number): string => `%${byte.toString(16).padStart(2, '0')}`;

async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await bytesBelow(path) : (await stat(path)).size;
  }
  return bytes;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

async function orMissing<T, F>(action: Promise<T>, fallback: F): Promise<T | F> {
  try {
    return await action;
  } catch (error) {
    if (isMissing(error)) return fallback;
    throw error;
  }
}

async function answered<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new StoreUnavailable(`could not ${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
