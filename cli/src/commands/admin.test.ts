import { expect, test } from 'vitest';
import { startLoopbackServer } from '../testing/loopback-server.ts';
import { createFolder, runCommand } from '../testing/run-command.ts';

test('figures are shown in their units, and exactly with --json', async () => {
  const status = {
    workers: { places: 128, busy: 1 },
    queue: { depth: 12_345, oldestQueuedAt: '2026-03-01T11:58:00Z' },
    memory: { rssBytes: 1_572_864 },
    documentBytes: { executions: 2_048 },
    uptimeMs: 65_000,
  };
  const [{ url }, folder] = [await startLoopbackServer({ 'GET /v1/admin/status': { json: status } }), await createFolder()];
  const { stdout } = await runCommand(folder, ['status', '--url', url]);
  for (const line of ['depth          12,345', 'oldest queued  2 min ago', 'rss            1.5 MiB', 'executions     2.0 KiB']) {
    expect(stdout).toContain(line);
  }
  expect(stdout).toContain('uptime           1 min 5 s');
  expect(JSON.parse((await runCommand(folder, ['status', '--url', url, '--json'])).stdout)).toEqual(status);
});

test('prune asks first, sends only what was asked for, and without a terminal needs --yes', async () => {
  const [{ url, asked }, folder] = [
    await startLoopbackServer({ 'POST /v1/admin/prune': { json: { executions: 3 } } }),
    await createFolder(),
  ];
  const prune = (typed: string[] | undefined, ...more: string[]) =>
    runCommand(folder, ['prune', '--url', url, ...more], typed === undefined ? {} : { typed });
  expect((await prune(undefined)).code).toBe(2);
  expect((await prune(['n'])).code).toBe(2);
  expect(asked).toEqual([]);
  expect((await prune(['y'])).code).toBe(0);
  expect(asked.at(-1)?.json()).toEqual({});
  await prune(undefined, '--dry-run', '--older-than', '2w');
  expect(asked.at(-1)?.json()).toEqual({ dryRun: true, olderThanDays: 14 });
  expect((await prune(undefined, '--yes', '--older-than', '90m')).code).toBe(2);
});
