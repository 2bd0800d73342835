/**
 * The packages that running needs and that an install without development packages might not have: each must stand in the `dependencies` of the
 * package.json beside the file that imports it, wherever else it may happen to come from.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { commands } from '../commands.mjs';
import { readRuntimeImports } from './read-runtime-imports.ts';

/** Behind it are Google's clients: bundles for the cloud carry them, and the launcher installs them for what speaks to Firestore. */
const cloud = 'functions/src/adapters/gcp/';

export type Reached = { readonly file: string; readonly specifier: string };

/** What an installation runs: its commands, what is found by the names of files (node types, children for scripts), and the console's build. */
export function productionEntries(root: string): readonly string[] {
  const forAll = Object.values(commands).filter(({ development }) => !development);
  return [
    'tools/launch.mjs',
    ...forAll.map(({ entry }) => entry),
    ...globSync('functions/src/{nodes/*/{manifest,execute},adapters/scripts/*-child}.ts', { cwd: root }),
    'cli/src/entry.ts',
    'web/src/main.tsx',
    'web/src/graphiql/main.ts',
    'web/vite.config.ts',
  ];
}

/** Every import of a package in the entries and all that they reach, those of Node, of workspaces and of the cloud left out. */
export function reachedPackages(root: string, entries: readonly string[]): readonly Reached[] {
  const seen = new Set<string>();
  const packages: Reached[] = [];
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || file.startsWith(cloud) || !/\.(tsx?|mjs)$/.test(file)) continue;
    seen.add(file);
    for (const found of readRuntimeImports(root, file)) {
      if (found.file !== null) waiting.push(found.file);
      else if (!isBuiltin(found.specifier) && !found.specifier.startsWith('@automateos/'))
        packages.push({ file, specifier: found.specifier });
    }
  }
  return packages;
}

export function undeclaredPackages(root: string, reached: readonly Reached[]): readonly string[] {
  const declared = new Map<string, ReadonlySet<string>>();
  const declaredBeside = (file: string): ReadonlySet<string> => {
    const workspace = file.split('/')[0] ?? '';
    const manifest = existsSync(join(root, workspace, 'package.json')) ? `${workspace}/package.json` : 'package.json';
    const names = declared.get(manifest) ?? readDeclared(join(root, manifest));
    declared.set(manifest, names);
    return names;
  };
  return reached
    .filter(({ file, specifier }) => !declaredBeside(file).has(packageOf(specifier)))
    .map(({ file, specifier }) => `${file}: ${packageOf(specifier)} is not in the dependencies of its package.json`);
}

function readDeclared(manifest: string): ReadonlySet<string> {
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(readFileSync(manifest, 'utf8')) as Manifest;
  return new Set(Object.keys({ ...dependencies, ...optionalDependencies }));
}

/** As npm reads it. */
type Manifest = { readonly dependencies?: object; readonly optionalDependencies?: object };

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
