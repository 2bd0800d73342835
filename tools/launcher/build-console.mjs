/**
 * Builds the web console into web/dist when its sources changed since the last build: a digest of them is kept beside the result.
 * A build that fails is reported and does not keep the platform from starting: API, webhooks and schedules do not need the console.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './run-quietly.mjs';
import { digestOf } from './source-digest.mjs';

const sources = [
  'web/index.html',
  'web/package.json',
  'web/vite.config.ts',
  'web/public',
  'web/src',
  'shared/src',
  'package-lock.json',
];

export async function buildConsole({ root, node }) {
  if (!existsSync(join(root, 'web/index.html'))) return;
  const stamp = join(root, 'web/dist/.sources');
  const digest = digestOf(root, sources);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  process.stderr.write('Building the console ...\n');
  const { code, output } = await runQuietly(node, [join(root, 'node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: join(root, 'web'),
    // It decides which React is bundled: the console is always built for use, whatever the caller runs with.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (code === 0) writeFileSync(stamp, digest);
  else process.stderr.write(`${output}The console could not be built; everything else starts without it.\n`);
}
