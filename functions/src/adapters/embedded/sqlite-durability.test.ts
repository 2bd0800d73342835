import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataFolderBusy, DataFolderUnusable, openDataFolder } from './data-folder.ts';
import { shippedIndexes } from './shipped-indexes.ts';
import { createSqliteStore, type SqliteStore } from './sqlite-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'automateos-durable-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (file: string): SqliteStore => createSqliteStore({ file, indexes: shippedIndexes() });
const loop = new URL('./testing/commit-loop.ts', import.meta.url).pathname;

type Victim = { readonly process: ChildProcess; readonly acknowledged: number[]; readonly ended: Promise<void> };

/** Resolves once the child has acknowledged some commits of each lane. */
async function startVictim(dataFolder: string, commits: number): Promise<Victim> {
  const child = spawn(process.execPath, [loop, dataFolder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged = [-1, -1, -1, -1];
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let rest = '';
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => reject(new TypeError('the child ended by itself')));
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [lane, n] = line.split(' ').map(Number);
        if (lane !== undefined && n !== undefined) acknowledged[lane] = n;
      }
      if (acknowledged.every((n) => n >= commits)) resolve();
    });
  });
  return { process: child, acknowledged, ended };
}

async function lastOf(store: SqliteStore, lane: number): Promise<number> {
  const path = `organizations/o1/executions/lane${lane}`;
  const last = Number((await store.get(path))?.data.n ?? -1);
  const branches = await store.query({ collection: `${path}/branches` });
  // the two writes of each commit came together, and no commit is missing in between
  expect(new Set(branches.map(({ data }) => data.n))).toEqual(new Set(Array.from({ length: last + 1 }, (_, n) => n)));
  return last;
}

describe('a SQLite store on disk', () => {
  it('loses no acknowledged commit when its process is killed', async () => {
    for (let round = 1; round <= 3; round += 1) {
      const data = join(folder, `round${round}`);
      const victim = await startVictim(data, 10 * round);
      victim.process.kill('SIGKILL');
      await victim.ended;
      const { databaseFile, close } = openDataFolder(data);
      const store = open(databaseFile);
      for (const [lane, n] of victim.acknowledged.entries()) expect(await lastOf(store, lane)).toBeGreaterThanOrEqual(n);
      expect(store.integrityCheck()).toEqual([]);
      await store.close();
      close();
    }
  }, 60_000);

  it('refuses a folder that a living process has, names the process, and takes it over once that is dead', async () => {
    const victim = await startVictim(folder, 0);
    try {
      openDataFolder(folder);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(DataFolderBusy);
      expect(error).toMatchObject({ pid: victim.process.pid });
    }
    victim.process.kill('SIGKILL');
    await victim.ended;
    openDataFolder(folder).close();
  }, 60_000);

  it('opens after its log was torn anywhere, with the commits before the tear', async () => {
    const store = open(join(folder, 'whole.db'));
    for (let n = 0; n < 40; n += 1) {
      await store.commit([
        { kind: 'set', path: 'organizations/o1/executions/lane0', data: { n, due: `0:${n}` } },
        {
          kind: 'create',
          path: `organizations/o1/executions/lane0/branches/b${n}`,
          data: { n, text: 'x'.repeat((n * 397) % 5000) },
        },
      ]);
    }
    const size = statSync(join(folder, 'whole.db-wal')).size;
    let previous = 40;
    for (let cut = size; cut >= 0; cut -= 11_003) {
      const torn = join(folder, 'torn.db');
      cpSync(join(folder, 'whole.db'), torn);
      cpSync(join(folder, 'whole.db-wal'), `${torn}-wal`);
      truncateSync(`${torn}-wal`, cut);
      const reopened = open(torn);
      const last = await lastOf(reopened, 0);
      expect(last).toBeLessThanOrEqual(previous);
      expect(reopened.integrityCheck()).toEqual([]);
      previous = last;
      // and goes on, with versions that none before had
      expect((await reopened.commit([{ kind: 'set', path: 'a/b', data: {} }])).ok).toBe(true);
      await reopened.close();
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${torn}${suffix}`, { force: true });
    }
    expect(previous).toBe(-1);
    await store.close();
  }, 120_000);
});

describe('the data folder', () => {
  it('is made for its owner only', () => {
    const path = join(folder, 'deep', 'data');
    const data = openDataFolder(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const file of [data.databaseFile, join(path, 'lock.db'), join(path, 'owner.pid')]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    const store = open(data.databaseFile);
    expect(statSync(`${data.databaseFile}-wal`).mode & 0o777).toBe(0o600);
    data.close();
    return store.close();
  });

  it('has one owner within a process too, also after a refused try', () => {
    const first = openDataFolder(folder);
    expect(() => openDataFolder(folder)).toThrow(DataFolderBusy);
    expect(() => openDataFolder(folder)).toThrow(expect.objectContaining({ pid: process.pid }));
    // closing a file drops every lock that the process has on it (POSIX): the refused tries must not have done so
    const other = spawnSync(process.execPath, [loop, folder], { encoding: 'utf8', timeout: 30_000 });
    expect(other.stderr).toMatch(/DataFolderBusy/);
    first.close();
    openDataFolder(folder).close();
  });

  it('says why it cannot be used', () => {
    openDataFolder(folder).close();
    expect(() => openDataFolder(join(folder, 'owner.pid'))).toThrow(DataFolderUnusable);
    expect(() => openDataFolder(join(folder, 'owner.pid', 'x'))).toThrow(/cannot be used as the data folder/);
  });

  it.runIf(existsSync('/proc/self'))('says so at once where no folder can be made', () => {
    expect(() => openDataFolder('/proc/x')).toThrow(DataFolderUnusable);
    expect(() => openDataFolder('/proc/x/y')).toThrow(DataFolderUnusable);
  });

  it('is made with its parents', () => {
    openDataFolder(join(folder, 'a', 'b')).close();
    expect(existsSync(join(folder, 'a', 'b', 'owner.pid'))).toBe(true);
  });
});
