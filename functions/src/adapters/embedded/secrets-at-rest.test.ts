import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toInstant } from '@automateos/shared/model/instant';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAesSecretBox } from './aes-secret-box.ts';
import { createKeyRing, openKeyFileRing } from './key-file-ring.ts';
import { createOrganizationDataKeys } from './organization-data-keys.ts';

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

describe("secrets under an organization's data key", () => {
  const keyRing = createKeyRing([key(1)]);
  const store = createFakeDocumentStore();
  const dataKeys = createOrganizationDataKeys({ store, keyRing, now: () => 0 });
  const box = createAesSecretBox(keyRing, dataKeys);
  const at = (org: string, id: string) => `organizations/${org}/credentials/${id}`;

  test('open in their own organization, document and revision and nowhere else', async () => {
    const sealed = await box.seal('secret', `${at('a', 'c1')}@1`);
    expect(sealed).toMatch(/^s2:[0-9a-f]{12}:[\w-]{16}:[\w-]+$/);
    expect(await box.open(sealed, `${at('a', 'c1')}@1`)).toBe('secret');
    for (const other of [at('b', 'c1'), at('a', 'c2')]) {
      await box.seal('x', other); // that organization has a key of its own
      for (const context of [`${other}@1`, other, `${at('a', 'c1')}@2`, at('a', 'c1'), 'idempotency|a|c1', '']) {
        await expect(box.open(sealed, context)).rejects.toThrow();
      }
    }
  });

  test('open no more once any character was changed, the tag or the IV cut, or the key named is another', async () => {
    const context = at('a', 'c1');
    const sealed = await box.seal('secret', context);
    for (let place = 0; place < sealed.length; place += 1) {
      const changed = `${sealed.slice(0, place)}${sealed[place] === 'A' ? 'B' : 'A'}${sealed.slice(place + 1)}`;
      // the last bits of a base64 text may carry nothing: what opens must be what was sealed
      await expect(box.open(changed, context).catch(() => 'refused')).resolves.toMatch(/^(refused|secret)$/);
    }
    const [format, id, iv = '', body = ''] = sealed.split(':');
    const bytes = Buffer.from(body, 'base64url');
    const cut = (length: number) => bytes.subarray(0, length).toString('base64url');
    const foreign = (await box.seal('x', at('b', 'c1'))).split(':')[1];
    for (const bad of [
      ...[1, 4, 8, 12, 15].map((less) => [format, id, iv, cut(bytes.length - less)]),
      ...[0, 4, 15].map((length) => [format, id, iv, cut(length)]),
      [format, id, iv.slice(0, 12), body],
      [format, id, '', body],
      [format, foreign, iv, body],
      [format, '', iv, body],
      ['s1', id, iv, body],
      ['s3', id, iv, body],
    ]) {
      await expect(box.open(bad.join(':'), context)).rejects.toThrow();
    }
  });

  // 20,000 here, so that the suite stays quick; a million were run once by hand: no IV came twice
  test('never repeat an IV under their key, in twenty thousand', async () => {
    const bytes = new Uint8Array(32).fill(9);
    const one = { ...dataKeys, newest: async () => ({ id: 'one', bytes }) };
    const sealing = createAesSecretBox(keyRing, one);
    const seen = new Set<string>();
    for (let round = 0; round < 20_000; round += 1) seen.add((await sealing.seal('same', at('iv', 'c'))).split(':')[2] ?? '');
    expect(seen.size).toBe(20_000);
  });

  test('of two processes that start at once are under one key', async () => {
    const boxes = [1, 2, 3].map(() => createAesSecretBox(keyRing, createOrganizationDataKeys({ store, keyRing, now: () => 0 })));
    const sealed = await Promise.all(boxes.map((one) => one.seal('x', at('race', 'c'))));
    expect(new Set(sealed.map((text) => text.split(':')[1])).size).toBe(1);
    for (const text of sealed) expect(await box.open(text, at('race', 'c'))).toBe('x');
  });

  test('are under the newest key at once in every process, and a forgotten key opens nothing in a new one', async () => {
    const context = at('turn', 'c');
    const sealed = await box.seal('x', context);
    await createOrganizationDataKeys({ store, keyRing, now: () => 5 }).renew('turn');
    expect((await box.seal('y', context)).split(':')[1]).not.toBe(sealed.split(':')[1]);
    expect(await box.open(sealed, context)).toBe('x');
    expect(await dataKeys.forget('turn', toInstant(5))).toBe(0);
    expect(await dataKeys.forget('turn', toInstant(6))).toBe(1);
    const anew = createAesSecretBox(keyRing, createOrganizationDataKeys({ store, keyRing, now: () => 0 }));
    await expect(anew.open(sealed, context)).rejects.toThrow('gone');
  });

  test('are wrapped by the newest master key after a rotation, so that an older one can be taken away', async () => {
    const context = at('master', 'c');
    const sealed = await box.seal('x', context);
    const both = createOrganizationDataKeys({ store, keyRing: createKeyRing([key(1), key(2)]), now: () => 0 });
    await both.renew('master');
    const second = createKeyRing([key(2)]);
    const left = createAesSecretBox(second, createOrganizationDataKeys({ store, keyRing: second, now: () => 0 }));
    expect(await left.open(sealed, context)).toBe('x');
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
