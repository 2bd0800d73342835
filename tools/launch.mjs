#!/usr/bin/env node
import { existsSync } from 'node:fs';
/**
 * Behind every npm script: installs what is missing, finds Node 24, builds the console where needed, runs the command as a child.
 * Depends on nothing and runs on Node 20, because it is what a fresh clone starts with. What it promises the child and its caller
 * stands in launcher/run-child.mjs.
 */
import { commands } from './commands.mjs';
import { buildConsole } from './launcher/build-console.mjs';
import { ensureInstalled } from './launcher/install.mjs';
import { LauncherError } from './launcher/launcher-error.mjs';
import { findNode24 } from './launcher/node24.mjs';
import { fromRoot, root } from './launcher/root.mjs';
import { runChild } from './launcher/run-child.mjs';
import { withSetupLock } from './launcher/setup-lock.mjs';

async function launch(name, args) {
  const command = commands[name];
  if (command === undefined)
    throw new LauncherError(`Unknown command "${name ?? ''}". There are: ${Object.keys(commands).join(', ')}`);
  const node = await withSetupLock(root, async () => {
    await ensureInstalled({ root, development: command.development });
    const found = findNode24(root);
    if (command.console) await buildConsole({ root, node: found });
    return found;
  });
  if (!existsSync(fromRoot(command.entry))) throw new LauncherError(`${command.entry} is missing: this clone is incomplete`);
  return runChild({
    node,
    entry: fromRoot(command.entry),
    args,
    kind: command.kind,
    compileCache: fromRoot('node_modules/.cache/node-compile'),
  });
}

const [name, ...args] = process.argv.slice(2);
try {
  process.exitCode = await launch(name, args);
} catch (error) {
  process.stderr.write(`${error instanceof LauncherError ? error.message : (error?.stack ?? error)}\n`);
  process.exitCode = 1;
}
