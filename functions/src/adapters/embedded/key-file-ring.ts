/**
 * The key ring of one machine, on its file of master keys. Purposes and wraps get keys of their own by HKDF. The newest key wraps; older ones
 * still open what they wrapped, so that a key can be added, what is wrapped be wrapped anew, and the older one dropped.
 *
 *     wrapped = w1.{key id}.{iv}.{ciphertext and tag}      AES-256-GCM, context as additional data
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { type KeyFileOptions, type MasterKey, readMasterKeys } from './key-file.ts';

/** Reads the file, or makes it. Throws when it cannot be read: without its keys stored secrets do not open. */
export async function openKeyFileRing(options: KeyFileOptions): Promise<KeyRing> {
  return createKeyRing(await readMasterKeys(options));
}

/** The id of the master key that opens what was wrapped. */
export function masterKeyOf(wrapped: string): string {
  const [format, id = ''] = wrapped.split('.');
  if (format !== 'w1') throw new Error('Not a wrapped key of this format');
  return id;
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
    // from the oldest key, so that adding one neither ends sessions nor voids cursors: dropping the oldest does
    derive: async (purpose) => expand(oldest.bytes, `derive:${purpose}`),
  };
}

function expand(master: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `automateos/${purpose}`, 32));
}
