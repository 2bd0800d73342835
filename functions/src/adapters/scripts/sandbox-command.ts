/**
 * The command line of a locked-down child: empty environment, Node's permission model with nothing but its own code readable, no code from
 * strings, a heap limit and, where the machine allows it, a network namespace of its own.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language } from './child-protocol.ts';

export type Command = { readonly file: string; readonly args: readonly string[] };

const entries: Readonly<Record<Language, string>> = { javascript: './javascript-child.ts', python: './python-child.ts' };

export function sandboxCommand(language: Language, isolate: readonly string[] | null): Command {
  const entry = fileURLToPath(new URL(entries[language], import.meta.url));
  const args = [
    '--permission',
    ...readablePaths(language).map((folder) => `--allow-fs-read=${folder}`),
    '--disallow-code-generation-from-strings',
    '--max-old-space-size=192',
    // QuickJS's own stack limit (256 KB of WebAssembly stack) must be met before the host's.
    '--stack-size=3900',
    '--no-warnings',
    '--no-addons',
    entry,
  ];
  const [wrapper, ...wrapperArgs] = isolate ?? [];
  return wrapper === undefined
    ? { file: process.execPath, args }
    : { file: wrapper, args: [...wrapperArgs, process.execPath, ...args] };
}

/** The folders of our own code and of the packages that the child loads. */
function readablePaths(language: Language): string[] {
  const require = createRequire(import.meta.url);
  const here = path.dirname(fileURLToPath(import.meta.url));
  const packages =
    language === 'python'
      ? ['pyodide']
      : ['quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync', '@jitl/quickjs-ffi-types', 'luxon'];
  const folders = packages.flatMap((name) => packageFolder(require, name));
  return [here, path.join(here, '../expression'), ...folders].map((folder) => `${folder}/*`);
}

/** With the places that are looked at before it: a nearer folder of packages may be there without this one. */
function packageFolder(require: NodeJS.Require, name: string): string[] {
  const candidates = (require.resolve.paths(name) ?? []).map((folder) => path.join(folder, name));
  const found = candidates.findIndex((folder) => fs.existsSync(folder));
  return candidates.slice(0, found + 1).map((folder, index) => (index === found ? fs.realpathSync(folder) : folder));
}

/** `unshare` with an own user and network namespace, or null where that is not allowed. Tried once. */
export function networkIsolation(): readonly string[] | null {
  const unshare = ['/usr/bin/unshare', '/bin/unshare'].find((file) => fs.existsSync(file));
  if (unshare === undefined) return null;
  const command = [unshare, '--map-root-user', '--net', '--'];
  const tried = spawnSync(unshare, [...command.slice(1), process.execPath, '--version'], {
    env: {},
    timeout: 10_000,
    stdio: 'ignore',
  });
  return tried.status === 0 ? command : null;
}
