/**
 * The Node 24 that runs the sources: the platform package that npm installed with everything else, else the Node that runs this.
 * The package is a glibc build, so where that loader is absent (Alpine, NixOS) it is passed over.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from './launcher-error.mjs';

const glibcLoader = { x64: '/lib64/ld-linux-x86-64.so.2', arm64: '/lib/ld-linux-aarch64.so.1' };

export function findNode24(root) {
  const packaged = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin/node');
  const loader = process.platform === 'linux' ? glibcLoader[process.arch] : undefined;
  if (loader !== undefined && existsSync(loader) && existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new LauncherError(
    `AutomateOS runs on Node.js 24 or newer; this is ${process.version} on ${process.platform}-${process.arch}, for which npm has no packaged Node.js. Install Node.js 24 from https://nodejs.org and try again.`,
  );
}
