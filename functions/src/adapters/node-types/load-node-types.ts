/**
 * Finds the node types of this process: one sub-folder per type in each given folder, with manifest.ts and, unless the engine itself
 * carries the type out, execute.ts (.js and .mjs work too). Nothing lists them by hand.
 *
 * Promises: refuses duplicates and malformed manifests by naming the folder; imports in parallel; leaves the code of effectful types
 * alone until their first step, because the server has to answer soon after its start.
 */
import { readdir, readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import type { Evaluate, Execute, NodeType, NodeTypes } from '@automateos/shared/ports/node-runtime';
import { z } from 'zod';
import { checkManifest } from './manifest-shape.ts';

/** A node folder that cannot be used. Stops the start: a type that silently went missing would fail workflows later. */
export class NodeTypeLoadError extends Error {
  readonly folder: string;

  constructor(folder: string, reason: string, options?: { readonly cause?: unknown }) {
    super(`Node type in ${folder}: ${reason}`, options);
    this.name = 'NodeTypeLoadError';
    this.folder = folder;
  }
}

export type NodeTypeSources = {
  /** Folders that hold one folder per node type. */
  readonly folders: readonly string[];
  /** npm packages whose package.json names such folders as `automateos.nodes` (a path or a list of paths). */
  readonly packages?: readonly string[];
  /** Where packages are looked up from; this file's place when absent. */
  readonly packagesFrom?: string;
};

export async function loadNodeTypes({ folders, packages = [], packagesFrom }: NodeTypeSources): Promise<NodeTypes> {
  const fromPackages = await Promise.all(packages.map((name) => packageFolders(name, packagesFrom)));
  const roots = [...folders.map((folder) => resolve(folder)), ...fromPackages.flat()];
  const found = (await Promise.all(roots.map(nodeFolders))).flat();
  const loaded = await Promise.all(found.map(loadNodeType));

  const types = new Map<string, NodeType>();
  const origins = new Map<string, string>();
  loaded.forEach((nodeType, at) => {
    const { type } = nodeType.manifest;
    const folder = found[at]?.path ?? '';
    const earlier = origins.get(type);
    if (earlier !== undefined) throw new NodeTypeLoadError(folder, `the type ${type} is also defined in ${earlier}`);
    origins.set(type, folder);
    types.set(type, nodeType);
  });
  return types;
}

type NodeFolder = { readonly path: string; readonly manifest: string; readonly execute: string | undefined };

const extensions = ['.ts', '.js', '.mjs'];

/** Sub-folders with a manifest; others (and files) are not node types and are left alone. */
async function nodeFolders(root: string): Promise<readonly NodeFolder[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((cause: unknown) => {
    throw new NodeTypeLoadError(root, 'the folder cannot be read', { cause });
  });
  const candidates = await Promise.all(
    entries
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && entry.name !== 'node_modules')
      .map(async ({ name }) => {
        const path = join(root, name);
        // A symbolic link may lead to a file; that is no node folder.
        const files = new Set(await readdir(path).catch(() => []));
        const pick = (base: string) => extensions.map((extension) => base + extension).find((file) => files.has(file));
        const manifest = pick('manifest');
        const execute = pick('execute');
        return manifest === undefined
          ? null
          : { path, manifest: join(path, manifest), execute: execute === undefined ? undefined : join(path, execute) };
      }),
  );
  return candidates.filter((candidate) => candidate !== null).sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function loadNodeType({ path, manifest, execute }: NodeFolder): Promise<NodeType> {
  const exported = await importFrom(path, manifest);
  return assembleNodeType(path, exported.manifest, execute === undefined ? undefined : () => importFrom(path, execute));
}

type Load = () => Promise<Readonly<Record<string, unknown>>>;

/** From what the two files of a node folder export. Throws NodeTypeLoadError. */
export async function assembleNodeType(path: string, exported: unknown, execute: Load | undefined): Promise<NodeType> {
  const checked = checkManifest(exported);
  if (!checked.ok) throw new NodeTypeLoadError(path, checked.reason);
  const { manifest } = checked;
  switch (manifest.effect) {
    case 'control':
      return { kind: 'control', manifest };
    case 'pure':
      return { kind: 'pure', manifest, evaluate: await loadEvaluate(path, requireExecute(path, manifest, execute)) };
    case 'effect':
      return { kind: 'effect', manifest, execute: lazyExecute(path, requireExecute(path, manifest, execute)) };
  }
}

function requireExecute(path: string, manifest: NodeManifest, load: Load | undefined): Load {
  if (load === undefined) throw new NodeTypeLoadError(path, `${manifest.type} has no execute.ts`);
  return load;
}

async function loadEvaluate(path: string, load: Load): Promise<Evaluate> {
  const { evaluate } = await load();
  if (!isFunction<Evaluate>(evaluate))
    throw new NodeTypeLoadError(path, 'execute.ts of a pure type exports the function `evaluate`');
  return evaluate;
}

/** Imports on the first step and once; a failed import is tried again by the next step. */
function lazyExecute(path: string, importExecute: Load): Execute {
  let loading: Promise<Execute> | undefined;
  const load = async (): Promise<Execute> => {
    const { execute } = await importExecute();
    if (isFunction<Execute>(execute)) return execute;
    throw new NodeTypeLoadError(path, 'execute.ts of an effectful type exports the function `execute`');
  };
  return async (context) => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    const execute = await loading;
    return execute(context);
  };
}

/** Modules are checked by what they export, not by what TypeScript thinks of them: they may be anyone's. */
function isFunction<F extends Evaluate | Execute>(value: unknown): value is F {
  return typeof value === 'function';
}

async function importFrom(folder: string, file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (cause) {
    throw new NodeTypeLoadError(folder, `${file} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

const PackageShape = z.object({ automateos: z.object({ nodes: z.union([z.string(), z.array(z.string())]) }) });

async function packageFolders(name: string, from: string = import.meta.filename): Promise<readonly string[]> {
  const file = findPackageJson(name, from);
  const parsed = PackageShape.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success)
    throw new NodeTypeLoadError(dirname(file), `package ${name} names no folder in package.json as automateos.nodes`);
  const { nodes } = parsed.data.automateos;
  return (typeof nodes === 'string' ? [nodes] : nodes).map((folder) => join(dirname(file), folder));
}

/** Also finds packages whose `exports` hide package.json, and those without a main module. */
function findPackageJson(name: string, from: string): string {
  try {
    const file = findPackageJSON(name, from);
    if (file !== undefined) return file;
  } catch (cause) {
    throw new NodeTypeLoadError(name, 'the package is not installed', { cause });
  }
  throw new NodeTypeLoadError(name, 'the package has no package.json');
}
