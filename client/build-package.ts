/**
 * npm run build -w @automateos/client: the package as it is published, in client/dist: plain JavaScript, declarations, and a package.json
 * whose exports lead to them. The workspace itself is used from its sources. Publish with `npm publish client/dist`.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const here = import.meta.dirname;
const dist = join(here, 'dist');

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
const tsc = join(here, '../node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json'), '--pretty', 'false'], { stdio: 'inherit' });

const {
  devDependencies: _,
  private: __,
  scripts: ___,
  ...manifest
} = JSON.parse(await readFile(join(here, 'package.json'), 'utf8'));
const exports = { './*': { types: './*.d.ts', default: './*.js' } };
await writeFile(join(dist, 'package.json'), `${JSON.stringify({ ...manifest, exports, sideEffects: false }, null, 2)}\n`);
await copyFile(join(here, '../LICENSE'), join(dist, 'LICENSE'));
await copyFile(join(here, '../docs/guides/client.md'), join(dist, 'README.md'));
