/** Documents by one `getAll`: in the order asked, each read once however often it is asked for; what has no path (null) is not there. */
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from './app-context.ts';

export async function readMany(app: App, paths: readonly (string | null)[]): Promise<readonly (Snapshot | null)[]> {
  const wanted = [...new Set(paths.filter((path) => path !== null))];
  const rows = wanted.length === 0 ? [] : await app.store.getAll(wanted);
  const found = new Map(wanted.map((path, at) => [path, rows[at] ?? null]));
  return paths.map((path) => (path === null ? null : (found.get(path) ?? null)));
}
