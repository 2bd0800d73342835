import { randomFillSync } from 'node:crypto';
import type { Ids } from '@automateos/shared/ports/ids';

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';
/** 24 characters of 36 are 124 bits. */
const length = 24;

/** Ids from the system's random generator; bytes are drawn in blocks, and those that would favour some characters are dropped. */
export function createRandomIds(): Ids {
  const block = new Uint8Array(4_096);
  let next = block.length;
  const byte = (): number => {
    if (next >= block.length) {
      randomFillSync(block);
      next = 0;
    }
    const value = block[next] ?? 0;
    next += 1;
    return value;
  };
  return {
    make(prefix) {
      let id = '';
      while (id.length < length) {
        const value = byte();
        if (value < 252) id += alphabet[value % 36];
      }
      return `${prefix}_${id}`;
    },
    random: () => ((byte() << 16) | (byte() << 8) | byte()) / 0x1000000,
  };
}
