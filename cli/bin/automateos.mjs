#!/usr/bin/env node
/**
 * Finds a Node that can run the command and hands over to it: this Node when it is 24 or newer, else the one of the platform package.
 * Dependency-free and plain, so that Node 20 can run it. Signals reach the child, and its exit code is ours.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
// Installed from a package, the bundle is there (Node runs no TypeScript below node_modules); in the repository, the sources are.
const sources = join(here, '../src/entry.ts');
const entry = existsSync(sources) ? sources : join(here, '../dist/automateos.mjs');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(pathToFileURL(entry).href);
} else {
  const node = platformNode();
  if (node === undefined) {
    process.stderr.write(
      `automateos needs Node 24 or newer; this is ${process.versions.node}, and no Node comes as a package for ${process.platform}-${process.arch}.\n` +
        'Install it from https://nodejs.org, then try again.\n',
    );
    process.exit(2);
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // From a terminal the whole group gets the signal; the child decides what it means. Sent to us alone, it is passed on.
    process.on(signal, () => {
      if (!(signal === 'SIGINT' && process.stdin.isTTY)) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`automateos could not start ${node}: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

/** Path of the packaged Node, or undefined when there is none for this platform. */
function platformNode() {
  try {
    const found = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`);
    const binary = join(dirname(found), 'bin/node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined; // Not installed: the caller says what to do.
  }
}
