/** Reads stored values: from the documents that were dumped, and where they are blobs from the bucket. */

import { collectionOf } from '@automateos/shared/documents/document-path';
import type { Plan } from '@automateos/shared/engine/plan';
import type { Execution } from '@automateos/shared/model/execution';
import type { Query, Snapshot } from '@automateos/shared/ports/document-store';
import { createCloudStorageBlobs } from '../../adapters/gcp/cloud-storage-blobs.ts';
import type { App } from '../../app/app-context.ts';
import { loadStoredValue } from '../../app/engine/stored-values.ts';
import type { Evidence, StoredDocument } from './evidence.ts';

export type LoaderOptions = {
  readonly documents: readonly StoredDocument[];
  readonly planOf: (execution: Execution) => Plan;
  /** Of a function: where the bucket is. */
  readonly env: Readonly<Record<string, string>>;
};

export function createLoader({ documents, planOf, env }: LoaderOptions): Evidence['load'] {
  const byCollection = Map.groupBy(documents, ({ path }) => collectionOf(path));
  const blobs = createCloudStorageBlobs({
    projectId: env.GOOGLE_CLOUD_PROJECT ?? '',
    bucket: env.AUTOMATEOS_BUCKET ?? '',
    endpoint: env.AUTOMATEOS_STORAGE_ENDPOINT,
  });
  /** In the order of paths, page by page, as it is asked for. */
  const query = async ({ collection, limit, startAfter }: Query): Promise<readonly Snapshot[]> =>
    (byCollection.get(collection) ?? [])
      .map((document) => ({ ...document, version: '' }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1))
      .filter(({ path }) => startAfter === undefined || path > startAfter.path)
      .slice(0, limit);
  const clock = { sleep: async () => {} };
  const reads = { store: { query }, blobs, clock } as unknown as App; // loading a stored value touches nothing else
  return (execution, stored) => loadStoredValue(reads, execution, planOf(execution), stored);
}
