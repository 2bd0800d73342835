/** Blobs in memory: every guarantee of the port but durability, bytes copied on the way in and out. */

import type { Blobs } from '../ports/blobs.ts';
import { isBlobKey, isBlobPrefix } from './blob-key.ts';

export type MemoryBlobs = Blobs & {
  /** Every key that is there, for tests of what was cleaned up. */
  keys(): readonly string[];
};

export function createMemoryBlobs(): MemoryBlobs {
  const blobs = new Map<string, Uint8Array>();
  return {
    async put(key, bytes) {
      if (!isBlobKey(key)) throw new TypeError(`not a blob key: ${JSON.stringify(key.slice(0, 200))}`);
      blobs.set(key, bytes.slice());
    },
    get: async (key) => blobs.get(key)?.slice() ?? null,
    async deletePrefix(prefix) {
      if (!isBlobPrefix(prefix)) throw new TypeError(`not a blob prefix: ${JSON.stringify(prefix.slice(0, 200))}`);
      let freed = 0;
      for (const [key, bytes] of blobs) {
        if (!key.startsWith(prefix)) continue;
        freed += bytes.length;
        blobs.delete(key);
      }
      return freed;
    },
    keys: () => [...blobs.keys()].sort(),
  };
}
