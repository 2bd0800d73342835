/** Says what is wrong with one import, by the table of layers; null when nothing is. */
import { type Layer, layers, onlyIn } from './layers.ts';
import type { Import } from './read-imports.ts';

const testFile = /\.(test|conformance)\.tsx?$/;

export function judgeImport(from: string, found: Import): string | null {
  return found.file === null ? judgePackage(from, found.specifier) : judgeFile(from, found.file);
}

function judgePackage(from: string, specifier: string): string | null {
  if (testFile.test(from)) return null;
  for (const rule of onlyIn) {
    if (rule.package.test(specifier) && !rule.folders.some((folder) => isIn(from, folder))) return `${specifier}: ${rule.why}`;
  }
  return null;
}

function judgeFile(from: string, to: string): string | null {
  const layer = layerOf(from);
  if (layer === undefined) return null;
  if (testFile.test(from)) {
    // A test may use the fakes of any layer, and what its own workspace offers, and the emulators, but no other workspace's server or console code.
    return workspaceOf(from) === workspaceOf(to) ||
      isIn(to, 'shared') ||
      isIn(to, 'infra/emulators') ||
      layer.imports === 'anything'
      ? null
      : `a test of ${workspaceOf(from)} reaches into ${to}`;
  }
  if (testFile.test(to)) return `${to} is a test`;
  const target = layerOf(to);
  if (target === layer) return judgeStrangers(layer, from, to);
  if (target === undefined || layer.imports === 'anything' || layer.imports.includes(target.folder)) return null;
  return `${layer.folder} must not import ${to}`;
}

function judgeStrangers(layer: Layer, from: string, to: string): string | null {
  if (layer.strangers !== true) return null;
  const [mine, theirs] = [from, to].map((file) => file.slice(layer.folder.length + 1).split('/')[0]);
  return mine === theirs ? null : `${mine} and ${theirs} are strangers: share through a lower layer`;
}

/** The most specific layer, so that adapters/embedded is not adapters. */
function layerOf(file: string): Layer | undefined {
  return layers.filter((layer) => isIn(file, layer.folder)).toSorted((a, b) => b.folder.length - a.folder.length)[0];
}

function isIn(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

function workspaceOf(file: string): string {
  return file.split('/')[0] ?? file;
}
