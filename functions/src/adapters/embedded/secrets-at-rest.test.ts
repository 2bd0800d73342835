import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAesSecretBox } from './aes-secret-box.ts';
import { createKeyRing, openKeyFileRing } from './key-file-ring.ts';

const key = (fill: number, id = `k${fill}`) => ({ id, bytes: new Uint8Array(32).fill(fill) });

describe('sealed secrets', () => {
  const box = createAesSecretBox(createKeyRing([key(1)]));

  test('open in their own context and in no other', async () => {
    const sealed = await box.seal('pässword', 'organizations/a/credentials/1');
    expect(sealed).not.toContain('password');
    expect(await box.open(sealed, 'organizations/a/credentials/1')).toBe('pässword');
    for (const other of ['organizations/b/credentials/1', 'organizations/a/credentials/2', '']) {
      await expect(box.open(sealed, other)).rejects.toThrow();
    }
  });

  test('are never the same twice', async () => {
    const sealed = await Promise.all(Array.from({ length: 200 }, () => box.seal('same', 'context')));
    expect(new Set(sealed).size).toBe(200);
    expect(new Set(sealed.map((text) => text.split(':')[2])).size).toBe(200);
  });

  test('open no more once a character was changed, a tag cut or a part swapped', async () => {
    const sealed = await box.seal('secret', 'context');
    const other = await box.seal('other secret', 'context');
    for (let at = 0; at < sealed.length; at += 3) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      // the last bits of a base64 text may carry nothing: what opens must be what was sealed
      await expect(box.open(changed, 'context').catch(() => 'refused')).resolves.toMatch(/^(refused|secret)$/);
    }
    const [format, wrapped, iv, body] = sealed.split(':');
    const swapped = [format, wrapped, iv, other.split(':')[3]].join(':');
    const cut = [format, wrapped, iv, body?.slice(0, -6)].join(':');
    for (const bad of [
      swapped,
      cut,
      `s0:${wrapped}:${iv}:${body}`,
      '',
      'secret',
      `${sealed}:x`,
      [format, wrapped, iv, ''].join(':'),
    ]) {
      await expect(box.open(bad, 'context')).rejects.toThrow();
    }
  });

  test('still open after a new key was added, and not once their key is gone', async () => {
    const sealed = await box.seal('secret', 'context');
    const rotated = createAesSecretBox(createKeyRing([key(1), key(2)]));
    expect(await rotated.open(sealed, 'context')).toBe('secret');
    expect(await rotated.seal('x', 'context')).toContain('w1.k2.');
    await expect(createAesSecretBox(createKeyRing([key(2)])).open(sealed, 'context')).rejects.toThrow('not in the key file');
  });
});

describe('the key file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keys-'));
    path = join(folder, 'inner', 'key.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is made once, for its owner’s eyes, by whoever comes first', async () => {
    const rings = await Promise.all(Array.from({ length: 5 }, () => openKeyFileRing({ path, now: 0 })));
    const derived = await Promise.all(rings.map(async (ring) => Buffer.from(await ring.derive('x')).toString('hex')));
    expect(new Set(derived).size).toBe(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('gives each purpose a key of its own, the same after a restart', async () => {
    const ring = await openKeyFileRing({ path, now: 0 });
    const again = await openKeyFileRing({ path, now: 1 });
    expect(await again.derive('cursor')).toEqual(await ring.derive('cursor'));
    expect(await ring.derive('session-token')).not.toEqual(await ring.derive('cursor'));
  });

  test('that cannot be read stops the start and stays as it is', async () => {
    await openKeyFileRing({ path, now: 0 });
    for (const text of [
      '',
      '{}',
      '{"format":"automateos-keys/1","keys":[]}',
      '{"format":"automateos-keys/1","keys":[{"id":"a","key":"AAAA","createdAt":""}]}',
    ]) {
      await writeFile(path, text);
      await expect(openKeyFileRing({ path, now: 0 })).rejects.toThrow();
      expect(await readFile(path, 'utf8')).toBe(text);
    }
  });
});
