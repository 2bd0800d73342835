/**
 * What deleted organizations have left, removed in bounded portions: their executions, then (once the versions of their deleted workflows
 * are gone, which has its own time) everything else, and at last the note that there was one. A portion that is cut off is found again.
 */
import { ApiKey } from '@automateos/shared/model/account';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { storedGroups } from '../migrations/stored-models.ts';
import { removeAll } from './remove-all.ts';

const pageSize = 100;

export type OrganizationPruning = {
  readonly dryRun: boolean;
  /** Removes one with all that is its; answers how many documents. */
  readonly pruneExecution: (execution: Snapshot) => Promise<number>;
};

/** Returns the number of documents deleted; on a dry run only that of the notes. */
export async function pruneOrganizations(app: App, { dryRun, pruneExecution }: OrganizationPruning): Promise<number> {
  const notes = await app.store.query({ collection: 'deleted-organizations', limit: pageSize });
  if (dryRun) return notes.length;
  let documents = 0;
  for (const { path, data } of notes) {
    const org = String(data.org);
    const executions = await app.store.query({ collection: paths.executions(org), limit: pageSize });
    for (const execution of executions) documents += await pruneExecution(execution);
    if (executions.length === pageSize) continue;
    const flows = await app.store.query({ collection: `${paths.organization(org)}/deleted-workflows`, limit: 1 });
    if (flows.length > 0) continue;
    documents += await removeRest(app, org);
    await app.store.commit([{ kind: 'delete', path }]);
    documents += 1;
  }
  return documents;
}

async function removeRest(app: App, org: string): Promise<number> {
  await removeDigests(app, org);
  let documents = 0;
  for (const group of storedGroups) {
    documents += await removeAll(app.store, { collection: `${paths.organization(org)}/${group}` }, false);
  }
  return documents;
}

/** By which its keys are found from outside. */
async function removeDigests(app: App, org: string): Promise<void> {
  for (;;) {
    const keys = await app.store.query({ collection: paths.apiKeys(org), limit: pageSize });
    if (keys.length === 0) return;
    const writes = keys.flatMap(({ path, data }) => [
      { kind: 'delete' as const, path: paths.apiKeyDigest(ApiKey.parse(data).digest) },
      { kind: 'delete' as const, path },
    ]);
    await app.store.commit(writes);
  }
}
