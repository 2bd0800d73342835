import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeKeyRing } from '@automateos/shared/testing/key-ring.conformance';
import { expect, it } from 'vitest';
import { openKeyFileRing } from './key-file-ring.ts';

function newPath(): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'automateos-keys-'));
  return { path: join(folder, 'keys.json'), remove: () => rmSync(folder, { recursive: true }) };
}

/** Adds a key to the file, or leaves only that one. */
function change(path: string, how: 'add' | 'replace'): void {
  const file = JSON.parse(readFileSync(path, 'utf8'));
  const key = { id: 'later', key: Buffer.alloc(32, 9).toString('base64url'), createdAt: '2026-03-01T12:00:00.000Z' };
  writeFileSync(path, JSON.stringify({ ...file, keys: how === 'add' ? [...file.keys, key] : [key] }));
}

describeKeyRing('a key file', async () => {
  const { path, remove } = newPath();
  const open = () => openKeyFileRing({ path, now: 0 });
  const changed = (how: 'add' | 'replace') => {
    change(path, how);
    return open();
  };
  return {
    ring: await open(),
    again: open,
    rotate: () => changed('add'),
    withoutItsKey: () => changed('replace'),
    close: async () => remove(),
  };
});

it('a key file is readable by its owner only, and made once by any number of processes at a time', async () => {
  const { path, remove } = newPath();
  const rings = await Promise.all([1, 2, 3].map(() => openKeyFileRing({ path, now: 0 })));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const keys = await Promise.all(rings.map(async (ring) => Buffer.from(await ring.derive('x')).toString('hex')));
  expect(new Set(keys).size).toBe(1);
  remove();
});
