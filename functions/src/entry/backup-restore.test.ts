/** The embedded composition over real folders: what a backup holds, and that a server can be started on it. */
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readEmbeddedConfig } from '../config/embedded-config.ts';
import { composeEmbedded, type Embedded } from './compose-embedded.ts';
import { createEmbeddedMaintenance } from './embedded-maintenance.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'automateos-backup-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  return folder;
}

async function openServer(folder: string): Promise<Embedded> {
  const environment = { AUTOMATEOS_DATA_DIR: folder, AUTOMATEOS_LOG_LEVEL: 'silent' };
  const embedded = await composeEmbedded(readEmbeddedConfig(environment));
  cleanups.push(() => embedded.close());
  return embedded;
}

const maintain = (embedded: Embedded) => createEmbeddedMaintenance(embedded, { stop: async () => {}, report: () => ({}) });
const large = (fill: number) => new Uint8Array(700_000).fill(fill);

async function filled(): Promise<Embedded> {
  const embedded = await openServer(await newFolder());
  await embedded.store.commit([{ kind: 'set', path: 'things/one', data: { n: 1 } }]);
  for (let n = 1; n <= 5; n += 1) await embedded.blobs.put(`org/exe/${n}`, large(n));
  return embedded;
}

async function restore(file: string): Promise<Embedded> {
  const folder = join(await newFolder(), 'data');
  await mkdir(folder);
  await copyFile(file, join(folder, 'automateos.db'));
  return openServer(folder);
}

test('a server that starts on a backup has every document and every blob, and is no backup any more', async () => {
  const { file } = await maintain(await filled()).backup('all');
  const restored = await restore(String(file));
  expect((await restored.store.get('things/one'))?.data).toEqual({ n: 1 });
  for (let n = 1; n <= 5; n += 1) expect(await restored.blobs.get(`org/exe/${n}`)).toEqual(large(n));
  await restored.blobs.deletePrefix('org/exe/');
  await restored.close();
  const again = await openServer(restored.folder.path);
  expect(await again.blobs.get('org/exe/1')).toBeNull();
});

test('a download is the same file, of the length that was told, and leaves nothing in the data folder', async () => {
  const source = await filled();
  const { bytes, stream } = await maintain(source).download();
  const content = new Uint8Array(await new Response(stream).arrayBuffer());
  expect(content.length).toBe(bytes);
  expect(await readdir(join(source.folder.path, 'backups'))).toEqual([]);
  const file = join(await newFolder(), 'copy');
  await writeFile(file, content);
  expect(await (await restore(file)).blobs.get('org/exe/5')).toEqual(large(5));
});

test('what a crash left of a backup goes with the next one; a name is not taken twice', async () => {
  const source = await filled();
  const folder = join(source.folder.path, 'backups');
  await mkdir(folder);
  for (const ending of ['', '-wal', '-shm']) await writeFile(join(folder, `x.partial${ending}`), 'half');
  const maintenance = maintain(source);
  await maintenance.backup('all');
  await expect(maintenance.backup('all')).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await readdir(folder)).toEqual(['all']);
  expect((await stat(join(folder, 'all'))).mode & 0o777).toBe(0o600);
});

test('pruning gives space back in portions and says how much; storage tells bytes by kind, blobs too', async () => {
  const source = await filled();
  const maintenance = maintain(source);
  expect(await maintenance.storage()).toMatchObject({ blobBytes: 3_500_000, documentBytes: { things: expect.any(Number) } });
  const path = (n: number) => `big/${n}`;
  for (let n = 0; n < 20; n += 1)
    await source.store.commit([{ kind: 'set', path: path(n), data: { text: 'x'.repeat(500_000) } }]);
  for (let n = 0; n < 20; n += 1) await source.store.commit([{ kind: 'delete', path: path(n) }]);
  expect(await maintenance.prune({ dryRun: true })).toEqual({ executions: 0, documents: 0 });
  const { fileBytesFreed } = await maintenance.prune({});
  expect(fileBytesFreed).toBeGreaterThan(9_000_000);
});
