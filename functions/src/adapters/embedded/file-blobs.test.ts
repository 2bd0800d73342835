import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describeBlobs } from '@automateos/shared/testing/blobs.conformance';
import { afterEach, describe, expect, it } from 'vitest';
import { createFileBlobs } from './file-blobs.ts';

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'automateos-blobs-'));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describeBlobs('a folder', () => ({ blobs: createFileBlobs({ folder: newFolder() }), close: async () => {} }));

describe('blobs in a folder', () => {
  it('keeps blobs for the next process', async () => {
    const folder = newFolder();
    await createFileBlobs({ folder }).put('o/e/1', Buffer.from('kept'));
    expect(Buffer.from((await createFileBlobs({ folder }).get('o/e/1')) ?? []).toString()).toBe('kept');
  });

  it('never shows an unfinished file, and removes what a crash left', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'tmp'));
    writeFileSync(join(folder, 'tmp', 'half'), 'half');
    const blobs = createFileBlobs({ folder });
    expect(await blobs.get('tmp/half')).toBeNull();
    expect(readdirSync(join(folder, 'tmp'))).toEqual([]);
  });

  it('lets nobody but its owner read', async () => {
    const folder = newFolder();
    await createFileBlobs({ folder }).put('o/1', Buffer.from('x'));
    expect(statSync(join(folder, 'd-o', 'b-1')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'd-o')).mode & 0o777).toBe(0o700);
  });

  it('uses file names that no file system folds, reserves or follows', async () => {
    const folder = newFolder();
    const blobs = createFileBlobs({ folder });
    for (const key of ['O/con', 'o/..x', 'o/a.b', 'o/\u00e9', `o/${'Y'.repeat(500)}`, 'o/a b', 'o/a\\b', 'o/a:b']) {
      await blobs.put(key, Buffer.from('x'));
    }
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => basename(path));
    for (const name of names) expect(name).toMatch(/^(tmp|[bd]-[a-z0-9_%-]{1,120})$/);
  });

  it('puts and deletes of one prefix at the same time all succeed', async () => {
    const blobs = createFileBlobs({ folder: newFolder() });
    const puts = Array.from({ length: 20 }, (_, i) => blobs.put(`o/e/${i}`, Buffer.from('x')));
    const deletes = Array.from({ length: 5 }, () => blobs.deletePrefix('o/e/'));
    await Promise.all([...puts, ...deletes]);
    await blobs.deletePrefix('o/e/');
    expect(await blobs.get('o/e/1')).toBeNull();
  });
});
