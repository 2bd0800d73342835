/**
 * What a process has loaded by the time it answers, told from the sources: everything that its files import as values, one after the other.
 * Not what they import as types, nor by `await import(...)`, which is how what a start does not need is left for later.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { projectFile } from './read-imports.ts';

export type Loaded = { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> };

/** From the given files on, which are paths from the root. Node's own modules count as packages (`node:http`). */
export function loadedAtStart(root: string, entries: readonly string[]): Loaded {
  const files = new Set(entries);
  const packages = new Set<string>();
  for (const file of files) {
    for (const specifier of valueImports(join(root, file))) {
      const next = projectFile(file, specifier);
      if (next === null) packages.add(packageOf(specifier));
      else if (next.endsWith('.ts')) files.add(next);
    }
  }
  return { files, packages };
}

function valueImports(file: string): readonly string[] {
  const { staticImports, staticExports } = parseSync(file, readFileSync(file, 'utf8')).module;
  const imported = staticImports
    .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
    .map(({ moduleRequest }) => moduleRequest.value);
  const exported = staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ isType, moduleRequest }) => (isType || moduleRequest === null ? [] : [moduleRequest.value])),
  );
  return [...imported, ...exported];
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
