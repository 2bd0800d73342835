/**
 * The file (0600) of a machine's master keys, oldest first. It is there whole or not at all, and a key that it has told of outlives a power
 * cut. Only the owner of the data folder changes it; making it is safe for any number of processes at a time.
 */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { writeDurably } from './durable-file.ts';

const KeyFile = z.object({
  format: z.literal('automateos-keys/1'),
  keys: z.array(z.object({ id: z.string().regex(/^[a-z0-9]{1,32}$/), key: z.base64url(), createdAt: z.string() })).min(1),
});
type KeyFile = z.infer<typeof KeyFile>;

export type MasterKey = { readonly id: string; readonly bytes: Uint8Array };

export type KeyFileOptions = {
  readonly path: string;
  /** Epoch milliseconds, written beside a new key. */
  readonly now: number;
};

/** Reads the file, or makes it. Throws when it cannot be read: without its keys stored secrets do not open. */
export async function readMasterKeys(options: KeyFileOptions): Promise<readonly MasterKey[]> {
  const file = await readOrCreate(options);
  const masters = file.keys.map(({ id, key }): MasterKey => ({ id, bytes: Buffer.from(key, 'base64url') }));
  for (const { id, bytes } of masters)
    if (bytes.length !== 32) throw new Error(`Key ${id} in ${options.path} is not 32 bytes long`);
  return masters;
}

/** Adds a key, which is the newest then, and gives its id. */
export async function addMasterKey(options: KeyFileOptions): Promise<string> {
  const file = await readOrCreate(options);
  const made = newKey(options.now);
  await writeDurably({ file: options.path, bytes: textOf([...file.keys, made]) });
  return made.id;
}

/** Takes all keys out but the newest and those in `used`, and gives the ids of what went. */
export async function dropMasterKeys(path: string, used: ReadonlySet<string>): Promise<readonly string[]> {
  const keys = (await read(path))?.keys ?? [];
  const gone = keys.slice(0, -1).filter(({ id }) => !used.has(id));
  if (gone.length > 0) await writeDurably({ file: path, bytes: textOf(keys.filter((key) => !gone.includes(key))) });
  return gone.map(({ id }) => id);
}

function newKey(now: number): KeyFile['keys'][number] {
  const id = randomBytes(4).toString('hex');
  return { id, key: randomBytes(32).toString('base64url'), createdAt: new Date(now).toISOString() };
}

function textOf(keys: KeyFile['keys']): string {
  return `${JSON.stringify({ format: 'automateos-keys/1', keys } satisfies KeyFile, null, 2)}\n`;
}

async function readOrCreate(options: KeyFileOptions): Promise<KeyFile> {
  const existing = await read(options.path);
  if (existing !== null) return existing;
  await createOnce(options.path, textOf([newKey(options.now)]));
  const created = await read(options.path);
  if (created === null) throw new Error(`The key file ${options.path} vanished while it was made`);
  return created;
}

async function read(path: string): Promise<KeyFile | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null; // readFile throws nothing else
    throw error;
  }
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) await chmod(path, 0o600);
  return KeyFile.parse(JSON.parse(text));
}

/** Whole and on disk, or not there: linked into place, so that a crash leaves no half file and a rival's file stays. */
async function createOnce(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // somebody else made it first: theirs counts
  } finally {
    await unlink(temporary);
  }
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}
