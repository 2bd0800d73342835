/** What every Blobs adapter must do, run on the fake, on files and on a Cloud Storage emulator. `open` gives an empty one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Blobs } from '../ports/blobs.ts';

export type BlobsUnderTest = { readonly blobs: Blobs; close(): Promise<void> };

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);

export function describeBlobs(name: string, open: () => Promise<BlobsUnderTest> | BlobsUnderTest): void {
  describe(`${name} as Blobs`, () => {
    let under: BlobsUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());
    const blobs = (): Blobs => under.blobs;
    describeContent(blobs);
    describeKeys(blobs);
    describeDeletion(blobs);
  });
}

function describeContent(blobs: () => Blobs): void {
  it('gives back exactly the bytes that were put, empty and large ones included', async () => {
    const large = new Uint8Array(3_000_000).map((_, i) => (i * 31) & 0xff);
    for (const [key, bytes] of [
      ['o/e/small', bytesOf('a\0\r\n\xff')] as const,
      ['o/e/empty', new Uint8Array()] as const,
      ['o/e/large', large] as const,
    ]) {
      await blobs().put(key, bytes);
      const found = await blobs().get(key);
      expect(found?.length).toBe(bytes.length);
      expect(found?.every((byte, i) => byte === bytes[i])).toBe(true);
    }
  });

  it('answers null for what is not there', async () => {
    await blobs().put('o/e/1', bytesOf('x'));
    for (const key of ['o/e/2', 'o/e', 'o', 'o/e/1/deeper', 'other/e/1']) expect(await blobs().get(key)).toBeNull();
  });

  it('allows the same bytes under the same key again, at the same time too', async () => {
    await Promise.all(Array.from({ length: 8 }, () => blobs().put('o/e/same', bytesOf('same'))));
    await blobs().put('o/e/same', bytesOf('same'));
    expect(await blobs().get('o/e/same')).toEqual(bytesOf('same'));
  });

  it('does not share bytes with its callers', async () => {
    const bytes = bytesOf('abc');
    await blobs().put('o/e/1', bytes);
    bytes[0] = 0;
    const found = await blobs().get('o/e/1');
    found?.fill(0);
    expect(await blobs().get('o/e/1')).toEqual(bytesOf('abc'));
  });
}

function describeKeys(blobs: () => Blobs): void {
  const keys = [
    'o/e/a',
    'o/e/A',
    'o/e/a b',
    'o/e/a%20b',
    'o/e/%',
    'o/e/con',
    'o/e/\u0000',
    'o/e/..x',
    'o/e/\\..\\x',
    'o/e/\ud83d\ude80',
  ];
  keys.push(
    'o/e/e\u0301',
    'o/e/\u00e9',
    'o/e/~',
    'o/e/a:b',
    `o/e/${'x'.repeat(900)}`,
    `o/e/${'x'.repeat(899)}y`,
    'o/e',
    'o',
    'o/e/a/b/c',
  );

  it('keeps hostile, long and nested keys apart', async () => {
    for (const key of keys) await blobs().put(key, bytesOf(`at ${keys.indexOf(key)}`));
    for (const key of keys) expect(await blobs().get(key)).toEqual(bytesOf(`at ${keys.indexOf(key)}`));
  });

  it('refuses keys that no blob can have, as mistakes, and finds nothing there', async () => {
    for (const key of ['', '/', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b', 'a\nb', '\ud800', 'x'.repeat(1025)]) {
      await expect(blobs().put(key, bytesOf('x'))).rejects.toThrow(TypeError);
      expect(await blobs().get(key)).toBeNull();
    }
  });
}

function describeDeletion(blobs: () => Blobs): void {
  it('deletes all below a prefix, and nothing else, and says how many bytes that freed', async () => {
    for (const key of ['o/e1/a', 'o/e1/b', 'o/e1/deep/c', 'o/e10/a', 'o/e1', 'p/e1/a']) await blobs().put(key, bytesOf('12345'));
    expect(await blobs().deletePrefix('o/e1/')).toBe(15);
    const left = await Promise.all(
      ['o/e1/a', 'o/e1/deep/c', 'o/e10/a', 'o/e1', 'p/e1/a'].map(async (key) => (await blobs().get(key)) !== null),
    );
    expect(left).toEqual([false, false, true, true, true]);
    expect(await blobs().deletePrefix('o/e1/')).toBe(0);
    await blobs().put('o/e1/a', bytesOf('again'));
    expect(await blobs().get('o/e1/a')).toEqual(bytesOf('again'));
  });

  it('refuses prefixes that are not whole segments, as mistakes', async () => {
    await blobs().put('o/e1/a', bytesOf('x'));
    for (const prefix of ['', '/', 'o', 'o/e1', '//', 'o//', '../', 'o/../']) {
      await expect(blobs().deletePrefix(prefix)).rejects.toThrow(TypeError);
    }
    expect(await blobs().get('o/e1/a')).not.toBeNull();
  });
}
