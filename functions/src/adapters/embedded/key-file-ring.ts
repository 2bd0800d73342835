/**
 * The key ring of one machine: a file (0600) with master keys, made on first use. Purposes and wraps get keys of their own by HKDF. The
 * newest key wraps; older ones still open what they wrapped, so that adding a key is a rotation.
 *
 *     wrapped = w1.{key id}.{iv}.{ciphertext and tag}      AES-256-GCM, context as additional data
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { z } from 'zod';

const KeyFile = z.object({
  format: z.literal('automateos-keys/1'),
  keys: z.array(z.object({ id: z.string().regex(/^[a-z0-9]{1,32}$/), key: z.base64url(), createdAt: z.string() })).min(1),
});
type KeyFile = z.infer<typeof KeyFile>;

type MasterKey = { readonly id: string; readonly bytes: Uint8Array };

export type KeyFileOptions = {
  readonly path: string;
  /** Epoch milliseconds, written into a new file. */
  readonly now: number;
};

/** Reads the file, or makes it. Throws when it cannot be read: without its keys stored secrets do not open. */
export async function openKeyFileRing(options: KeyFileOptions): Promise<KeyRing> {
  const file = await readOrCreate(options);
  const masters = file.keys.map(({ id, key }): MasterKey => ({ id, bytes: Buffer.from(key, 'base64url') }));
  for (const { id, bytes } of masters)
    if (bytes.length !== 32) throw new Error(`Key ${id} in ${options.path} is not 32 bytes long`);
  return createKeyRing(masters);
}

/** The last key is the newest. */
export function createKeyRing(masters: readonly MasterKey[]): KeyRing {
  const newest = masters.at(-1);
  const oldest = masters[0];
  if (newest === undefined || oldest === undefined) throw new Error('A key ring needs a key');
  const byId = new Map(masters.map((master) => [master.id, expand(master.bytes, 'wrap')]));
  return {
    wrap: async (dataKey, context) => {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', expand(newest.bytes, 'wrap'), iv);
      cipher.setAAD(Buffer.from(`${newest.id}|${context}`));
      const sealed = Buffer.concat([cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
      return `w1.${newest.id}.${iv.toString('base64url')}.${sealed.toString('base64url')}`;
    },
    unwrap: async (wrapped, context) => {
      const [format, id = '', iv = '', sealed = '', ...rest] = wrapped.split('.');
      const key = byId.get(id);
      if (format !== 'w1' || rest.length > 0) throw new Error('Not a wrapped key of this format');
      if (key === undefined) throw new Error(`Key ${id.slice(0, 32)} is not in the key file`);
      const bytes = Buffer.from(sealed, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'), { authTagLength: 16 });
      decipher.setAAD(Buffer.from(`${id}|${context}`));
      decipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]);
    },
    // from the oldest key, so that a rotation neither ends sessions nor voids cursors
    derive: async (purpose) => expand(oldest.bytes, `derive:${purpose}`),
  };
}

function expand(master: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `automateos/${purpose}`, 32));
}

async function readOrCreate(options: KeyFileOptions): Promise<KeyFile> {
  const existing = await read(options.path);
  if (existing !== null) return existing;
  const key = randomBytes(32).toString('base64url');
  const keys = [{ id: randomBytes(4).toString('hex'), key, createdAt: new Date(options.now).toISOString() }];
  await createOnce(options.path, `${JSON.stringify({ format: 'automateos-keys/1', keys } satisfies KeyFile, null, 2)}\n`);
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
