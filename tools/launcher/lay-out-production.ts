/**
 * A folder as infra/docker/server.Dockerfile leaves one: the sources without tests, and of node_modules what `npm ci --omit=dev` installs for the
 * server and the command, linked from this clone's (no copy, no network). The folder must be outside of the clone, whose packages Node would find.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Lock, pruneLock } from '../cloud/prune-lock.ts';

const workspaces = ['functions', 'shared', 'client', 'cli'];
const files = ['package.json', 'firestore.indexes.json', 'templates', 'cli/bin', ...workspaces.map((name) => `${name}/src`)];
const onlyForTests =
  /\.test\.ts$|^(functions|shared)\/src\/testing$|^functions\/src\/simulator$|^functions\/src\/app\/migrations\/corpus$/;

export function layOutProduction(root: string, folder: string): void {
  for (const file of [...files, ...workspaces.map((name) => `${name}/package.json`)]) {
    const filter = (source: string): boolean => !onlyForTests.test(relative(root, source));
    cpSync(join(root, file), join(folder, file), { recursive: true, filter });
  }
  for (const name of workspaces) {
    const link = join(folder, 'node_modules', nameOf(root, name));
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(folder, name), link, 'dir');
  }
  const present = productionPackages(root).filter((path) => existsSync(join(root, path)));
  for (const path of present) mkdirSync(dirname(join(folder, path)), { recursive: true });
  for (const [parent, paths] of Map.groupBy(present, dirname)) linkAll(root, paths, join(folder, parent));
}

/** Outermost folders of packages; the Node that npm packages is left out, and so is what only development needs. */
function productionPackages(root: string): readonly string[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock & MarkedLock; // npm's own
  const dependencies = Object.assign({}, ...workspaces.map((name) => lock.packages[name]?.dependencies));
  const thirdParty = Object.entries(dependencies).filter(([name]) => !name.startsWith('@automateos/'));
  const pruned = pruneLock(lock, { name: 'production', dependencies: Object.fromEntries(thirdParty) as Record<string, string> });
  const paths = Object.keys('packages' in pruned ? Object(pruned.packages) : {});
  return paths.filter((path) => path !== '' && lock.packages[path]?.dev !== true && path.lastIndexOf('node_modules/') === 0);
}

type MarkedLock = { readonly packages: Readonly<Record<string, { readonly dev?: boolean }>> };

function nameOf(root: string, workspace: string): string {
  return String(JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')).name);
}

/** Hard links; copies where the folder is on another disk. */
function linkAll(root: string, paths: readonly string[], into: string): void {
  const sources = paths.map((path) => join(root, path));
  try {
    execFileSync('cp', ['-al', ...sources, into], { stdio: 'pipe' });
  } catch {
    execFileSync('cp', ['-a', ...sources, into], { stdio: 'pipe' });
  }
}
