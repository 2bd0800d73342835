/** Workflows from files, folders and stdin, in a stable order. In a folder only what looks like a workflow counts. */
import { readFile, stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { CliError, usageError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { listSourceFiles } from './list-source-files.ts';
import { parseSource, type Source } from './source-file.ts';

export async function readSources(host: Host, paths: readonly string[]): Promise<Exclude<Source, { kind: 'other' }>[]> {
  const found: Exclude<Source, { kind: 'other' }>[] = [];
  for (const path of paths) {
    const folder = path !== '-' && (await isFolder(host, path));
    const sources = folder ? await readFolder(host, path) : parseSource(path, await readText(host, path));
    for (const source of sources) {
      if (source.kind !== 'other') found.push(source);
      else if (!folder)
        throw usageError(`${path} is no workflow: it has no list \`nodes\`.`, 'A workflow has at least: name, nodes, edges.');
    }
    if (folder && sources.every((source) => source.kind === 'other')) {
      throw usageError(`${path} holds no workflow.`, 'A workflow is a .yaml, .yml or .json file with a list `nodes`.');
    }
  }
  return found;
}

export async function readText(host: Host, path: string): Promise<string> {
  if (path === '-') return await host.stdin.readAll();
  try {
    return await readFile(resolve(host.cwd, path), 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

async function readFolder(host: Host, path: string): Promise<Source[]> {
  const sources: Source[] = [];
  for (const file of await listSourceFiles(resolve(host.cwd, path))) {
    sources.push(...parseSource(shownPath(host, file), await readFile(file, 'utf8')));
  }
  return sources;
}

/** Relative to the working directory where that is shorter. */
export function shownPath(host: Host, path: string): string {
  const near = relative(host.cwd, path);
  return near.startsWith('..') ? path : near;
}

async function isFolder(host: Host, path: string): Promise<boolean> {
  try {
    return (await stat(resolve(host.cwd, path))).isDirectory();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): CliError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : '';
  const reason =
    code === 'ENOENT'
      ? 'does not exist'
      : code === 'EACCES'
        ? 'may not be read'
        : code === 'EISDIR'
          ? 'is a folder'
          : 'cannot be read';
  return new CliError({ code: 'FILE_UNREADABLE', message: `${path} ${reason}.`, exit: exitCode.usage }, { cause });
}
