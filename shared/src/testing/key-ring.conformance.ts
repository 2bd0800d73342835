/** What every KeyRing adapter must do, run on the key file and on Cloud KMS's protocol. `open` gives one with keys of its own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyRing } from '../ports/key-ring.ts';

export type KeyRingUnderTest = {
  readonly ring: KeyRing;
  /** The same keys, as another process would open them. */
  again(): Promise<KeyRing>;
  /** Makes a new key the one that wraps. */
  rotate(): Promise<KeyRing>;
  /** The ring without the key that has wrapped so far. */
  withoutItsKey(): Promise<KeyRing>;
  close(): Promise<void>;
};

const dataKey = Uint8Array.from({ length: 32 }, (_, i) => i * 7);
const plain = (bytes: Uint8Array): readonly number[] => [...bytes];

export function describeKeyRing(name: string, open: () => Promise<KeyRingUnderTest>): void {
  describe(`${name} as KeyRing`, () => {
    let under: KeyRingUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());
    describeWrapping(() => under);
    describeDerivation(() => under);
  });
}

function describeWrapping(under: () => KeyRingUnderTest): void {
  it('opens what it wrapped, in another process too', async () => {
    const wrapped = await under().ring.wrap(dataKey, 'organizations/o/credentials/c');
    expect(plain(await under().ring.unwrap(wrapped, 'organizations/o/credentials/c'))).toEqual(plain(dataKey));
    const again = await under().again();
    expect(plain(await again.unwrap(wrapped, 'organizations/o/credentials/c'))).toEqual(plain(dataKey));
  });

  it('wraps into text that holds no key, differs each time and can stand in a document', async () => {
    const texts = await Promise.all([1, 2, 3].map(() => under().ring.wrap(dataKey, 'c')));
    expect(new Set(texts).size).toBe(3);
    for (const text of texts) {
      expect(text).toMatch(/^[a-z0-9]+\.[\w.-]+$/);
      expect(text.length).toBeLessThan(1_000);
      expect(text).not.toContain('AAcOFRwjKjE4P0ZNVFti'); // the key in base64
    }
  });

  it('opens nothing in another context', async () => {
    const wrapped = await under().ring.wrap(dataKey, 'organizations/a/credentials/c');
    for (const context of ['organizations/b/credentials/c', '', 'organizations/a/credentials/c ']) {
      await expect(under().ring.unwrap(wrapped, context)).rejects.toThrow();
    }
  });

  it('opens nothing that was tampered with or is no wrapped key', async () => {
    const wrapped = await under().ring.wrap(dataKey, 'c');
    const from = wrapped.lastIndexOf('.') + 1;
    const places = Array.from({ length: 8 }, (_, i) => from + Math.floor(((wrapped.length - from - 2) * i) / 7));
    for (const place of places) {
      const other = wrapped[place] === 'A' ? 'B' : 'A';
      const changed = `${wrapped.slice(0, place)}${other}${wrapped.slice(place + 1)}`;
      await expect(under().ring.unwrap(changed, 'c')).rejects.toThrow();
    }
    for (const text of ['', '.', wrapped.slice(0, -8), `${wrapped}.x`, 'k1.', 'w1...', 'zz.AAAA', 'k1.AAAAAAAA']) {
      await expect(under().ring.unwrap(text, 'c')).rejects.toThrow();
    }
  });

  it('goes on opening old texts after a rotation', async () => {
    const old = await under().ring.wrap(dataKey, 'c');
    const rotated = await under().rotate();
    const fresh = await rotated.wrap(dataKey, 'c');
    expect(plain(await rotated.unwrap(old, 'c'))).toEqual(plain(dataKey));
    expect(plain(await rotated.unwrap(fresh, 'c'))).toEqual(plain(dataKey));
  });

  it('throws when the key is gone', async () => {
    const wrapped = await under().ring.wrap(dataKey, 'c');
    const poorer = await under().withoutItsKey();
    await expect(poorer.unwrap(wrapped, 'c')).rejects.toThrow();
  });
}

function describeDerivation(under: () => KeyRingUnderTest): void {
  it('derives 32 bytes for a purpose, the same for ever and in every process', async () => {
    const key = await under().ring.derive('cursor');
    expect(key.length).toBe(32);
    const rotated = await under().rotate();
    for (const ring of [under().ring, await under().again(), rotated]) {
      expect(plain(await ring.derive('cursor'))).toEqual(plain(key));
    }
  });

  it('derives independent keys for purposes, and hands out none that a caller can change', async () => {
    const keys = await Promise.all(['cursor', 'cursor ', 'session-token', ''].map((purpose) => under().ring.derive(purpose)));
    expect(new Set(keys.map((key) => plain(key).join())).size).toBe(4);
    const before = plain(keys[0] ?? new Uint8Array());
    keys[0]?.fill(0);
    expect(plain(await under().ring.derive('cursor'))).toEqual(before);
  });
}
