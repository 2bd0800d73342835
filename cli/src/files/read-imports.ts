/**
 * Files to import, of whatever system: what looks like a workflow of ours is read as such (a stream may hold several), a JSON list is taken
 * apart, all else goes as it is.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Host } from '../host.ts';
import type { PlacedProblem } from '../output/render-problems.ts';
import { readSources, readText } from './read-sources.ts';
import { type BrokenSource, parseSource } from './source-file.ts';

export type ImportFile = {
  readonly kind: 'file';
  readonly file: string;
  readonly text: string;
  readonly type: 'application/json' | 'application/yaml';
  readonly place: (problem: PlacedProblem) => PlacedProblem;
};

/** In a folder only what has the shape of a workflow with nodes counts; other systems' files are named one by one. */
export async function readImports(host: Host, paths: readonly string[]): Promise<readonly (ImportFile | BrokenSource)[]> {
  const found: (ImportFile | BrokenSource)[] = [];
  for (const path of paths) {
    const sources = path !== '-' && (await isFolder(host, path)) ? await readSources(host, [path]) : await readOne(host, path);
    found.push(...sources.map((source) => (source.kind === 'broken' ? source : { ...source, kind: 'file' as const })));
  }
  return found;
}

async function readOne(host: Host, path: string) {
  const text = await readText(host, path);
  const list = /^\s*\[/.test(text) ? listOf(text) : null;
  if (list !== null && list.length > 0) return list.map((one, index) => fileOf(`${path}[${index}]`, one));
  const type = /^\s*[{[]/.test(text) ? ('application/json' as const) : ('application/yaml' as const);
  return parseSource(path, text).map((source) =>
    source.kind === 'other'
      ? { kind: 'file' as const, file: path, text, type, place: (problem: PlacedProblem) => problem }
      : source,
  );
}

/** What n8n exports when it exports all; null where the text is no JSON, which is told as of any other file. */
function listOf(text: string): readonly unknown[] | null {
  try {
    const tree: unknown = JSON.parse(text);
    return Array.isArray(tree) ? tree : null;
  } catch {
    return null;
  }
}

function fileOf(file: string, tree: unknown): ImportFile {
  return { kind: 'file', file, text: JSON.stringify(tree), type: 'application/json', place: (problem) => problem };
}

/** A path that is not there is told by whoever reads it. */
async function isFolder(host: Host, path: string): Promise<boolean> {
  return (await stat(resolve(host.cwd, path)).catch(() => null))?.isDirectory() ?? false;
}
