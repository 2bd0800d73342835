import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinBlocks, outputOf, readBlocks } from './read-blocks.ts';
import { type Server, startServer } from './start-server.ts';

const owner = { email: 'reader@example.com', password: 'correct-horse-battery' };
const page = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
const blocks = readBlocks(page);

describe('the README, read by a newcomer', () => {
  let server: Server;
  let run: { readonly status: number | null; readonly stdout: string; readonly stderr: string };

  beforeAll(async () => {
    server = await startServer({ AUTOMATEOS_OWNER_EMAIL: owner.email, AUTOMATEOS_OWNER_PASSWORD: owner.password });
    run = spawnSync('bash', ['-c', joinBlocks(blocks).replaceAll('http://127.0.0.1:8080', server.url)], {
      cwd: server.folder,
      encoding: 'utf8',
      env: { ...process.env, EMAIL: owner.email, PASSWORD: owner.password },
      timeout: 120_000,
    });
  });
  afterAll(() => server?.stop());

  it('has commands that work as they stand', () => {
    expect(blocks.length).toBeGreaterThan(4);
    expect({ status: run.status, stderr: run.stderr }, run.stdout).toEqual({ status: 0, stderr: '' });
  });

  it.each(blocks.filter(({ prints }) => prints !== null))('line $line prints "$prints"', (block) => {
    expect(outputOf(block, run.stdout)).toContain(block.prints);
  });
});
