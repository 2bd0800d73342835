/** npm run generate: writes every generated file anew. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { generators } from './generators.ts';

const root = join(import.meta.dirname, '..');
for (const generator of generators) {
  const { status } = spawnSync(process.execPath, [generator], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
