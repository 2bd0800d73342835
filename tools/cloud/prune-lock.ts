/**
 * The part of package-lock.json that a few packages and what they need make up, as a lock file of its own: a bundle is then installed with
 * `npm ci`, in the very versions and with the integrity that everything was tested with.
 */
export type LockEntry = {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly bin?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
};
export type Lock = { readonly packages: Readonly<Record<string, LockEntry>> };

type Manifest = { readonly name: string; readonly dependencies: Readonly<Record<string, string>> };

/** Throws where the lock lacks a package that is needed. */
export function pruneLock(lock: Lock, manifest: Manifest): object {
  const kept = new Map<string, LockEntry>();
  const waiting = Object.keys(manifest.dependencies).map((name) => find(lock, '', name));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const entry = lock.packages[path];
    if (entry === undefined || kept.has(path)) continue;
    kept.set(path, withoutMarks(entry));
    for (const name of Object.keys(entry.dependencies ?? {})) waiting.push(find(lock, path, name));
    for (const name of Object.keys({ ...entry.optionalDependencies, ...entry.peerDependencies })) {
      const found = look(lock, path, name);
      if (found !== null) waiting.push(found);
    }
  }
  const packages = Object.fromEntries([...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return { name: manifest.name, lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } };
}

/** What is only there for tests in the workspace is what the bundle runs on. */
function withoutMarks(
  entry: LockEntry & { readonly dev?: boolean; readonly devOptional?: boolean; readonly peer?: boolean },
): LockEntry {
  const { dev: _dev, devOptional: _devOptional, peer: _peer, ...rest } = entry;
  return rest;
}

function find(lock: Lock, from: string, name: string): string {
  const path = look(lock, from, name);
  if (path === null) throw new Error(`package-lock.json has no ${name}, which ${from === '' ? 'a bundle' : from} needs`);
  return path;
}

/** As Node looks: in the package's own node_modules, then further and further out. */
function look(lock: Lock, from: string, name: string): string | null {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = `${at === '' ? '' : `${at}/`}node_modules/${name}`;
    if (lock.packages[path] !== undefined) return path;
    if (at === '') return null;
  }
}
