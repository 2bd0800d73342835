import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { shippedIndexes } from '../adapters/embedded/shipped-indexes.ts';
import { createSqliteStore, type SqliteStore } from '../adapters/embedded/sqlite-store.ts';
import { startServerProcess } from '../testing/server-process.ts';

let dataDir = '';
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'automateos-migrate-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const letterPath = 'organizations/org_1/dead-letters/dlq_1';

async function withStore<T>(use: (store: SqliteStore) => Promise<T>): Promise<T> {
  const store = createSqliteStore({ file: join(dataDir, 'automateos.db'), indexes: shippedIndexes() });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** A folder as release 0.1 left it. */
async function oldFolder(): Promise<void> {
  const corpus = await readFile(join(import.meta.dirname, '../app/migrations/corpus/0.1.jsonl'), 'utf8');
  await withStore(async (store) => {
    for (const line of corpus.trim().split('\n')) await store.commit([{ kind: 'create', ...JSON.parse(line) }]);
    await store.commit([{ kind: 'set', path: letterPath, data: { id: 'dlq_1', status: 'open' } }]);
  });
}

type Ended = { readonly code: number; readonly output: string };

function migrate(...args: readonly string[]): Promise<Ended> {
  const entry = join(import.meta.dirname, 'migrate.ts');
  return new Promise((resolve) => {
    execFile(process.execPath, [entry, ...args], { env: { AUTOMATEOS_DATA_DIR: dataDir } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

it('counts first, migrates then, and says when there is nothing left', async () => {
  await oldFolder();
  expect(await migrate('--dry-run')).toMatchObject({ code: 0, output: expect.stringContaining('would change 2 of 2') });
  expect((await migrate('--status')).output).toContain('pending  0001-dead-letter-kind');
  expect(await migrate()).toMatchObject({ code: 0, output: expect.stringContaining('0001-dead-letter-kind applied: 2 of 2') });
  expect((await migrate()).output).toContain('Nothing to do');
  expect((await withStore((store) => store.get(letterPath)))?.data).toEqual({ id: 'dlq_1', status: 'open', kind: 'step' });
});

it('names each document that this release cannot read, and ends with 1', async () => {
  await oldFolder();
  const { code, output } = await migrate('--check');
  expect(output).toContain(`unreadable: ${letterPath}: `);
  expect(output).toMatch(/\d+ documents read, 1 that/);
  expect(code).toBe(1);
});

it('leaves the folder of a running server alone; the server migrates at its own start', async () => {
  await oldFolder();
  await withStore((store) => store.commit([{ kind: 'delete', path: letterPath }]));
  await using server = await startServerProcess({ dataDir });
  expect(await migrate()).toMatchObject({ code: 1, output: expect.stringContaining('is in use by process') });
  await server.end('SIGTERM');
  expect((await migrate('--status')).output).toMatch(/applied \S+ {2}0001-dead-letter-kind/);
});
