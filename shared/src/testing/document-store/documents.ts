/** What the parts of the DocumentStore suite share: paths, short hands and commits that must succeed. */
import type { JsonObject } from '../../model/json.ts';
import type { DocumentStore, Snapshot, Write } from '../../ports/document-store.ts';

export const executions = 'organizations/o1/executions';
export const at = (id: string): string => `${executions}/${id}`;
export const create = (path: string, data: JsonObject): Write => ({ kind: 'create', path, data });
export const ids = (rows: readonly Snapshot[]): string[] => rows.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));

export async function versionOf(store: DocumentStore, path: string): Promise<string> {
  const snapshot = await store.get(path);
  if (!snapshot) throw new TypeError(`${path} is absent`);
  return snapshot.version;
}

export async function mustCommit(store: DocumentStore, ...writes: Write[]): Promise<readonly string[]> {
  const result = await store.commit(writes);
  if (!result.ok) throw new TypeError(`commit refused: ${result.failed} ${result.path}`);
  return result.versions;
}
