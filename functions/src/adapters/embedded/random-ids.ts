import { randomFillSync } from 'node:crypto';
import { createSortedStamp } from '@automateos/shared/model/sorted-stamp';
import type { Ids } from '@automateos/shared/ports/ids';

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz';
/** 24 characters of 36 are 124 bits, the 18 behind a stamp 93. */
const length = 24;
const lengthBehindStamp = 18;

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
  const text = (wanted: number): string => {
    let drawn = '';
    while (drawn.length < wanted) {
      const value = byte();
      if (value < 252) drawn += alphabet[value % 36];
    }
    return drawn;
  };
  const stamp = createSortedStamp();
  return {
    make: (prefix) => `${prefix}_${text(length)}`,
    makeSorted: (prefix, now) => `${prefix}_${stamp(now)}${text(lengthBehindStamp)}`,
    random: () => ((byte() << 16) | (byte() << 8) | byte()) / 0x1000000,
  };
}
