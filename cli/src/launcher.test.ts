import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from './version.ts';

const launcher = join(import.meta.dirname, '../bin/automateos.mjs');

test('the launcher runs the command, and its exit code is the command’s', () => {
  expect(execFileSync(process.execPath, [launcher, '--version'], { encoding: 'utf8' })).toBe(`${version}\n`);
  expect(spawnSync(process.execPath, [launcher, 'nonsense']).status).toBe(2);
  const unreachable = spawnSync(process.execPath, [launcher, 'status', '--url', 'http://127.0.0.1:1', '--json'], {
    encoding: 'utf8',
  });
  expect([unreachable.status, unreachable.stderr]).toEqual([4, '']);
  expect(JSON.parse(unreachable.stdout)).toMatchObject({ error: { code: 'UNREACHABLE' } });
});
