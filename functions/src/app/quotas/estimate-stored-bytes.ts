/**
 * What an organization has stored, about: how many executions and workflows there are, times what the newest few of each take. A blob counts
 * with the bytes that the execution's usage says were written. Right on average where the newest are like the others; within a factor of
 * two for an organization whose workflows differ much, which is what a quota of storage needs.
 */
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { getPath } from '../field-path.ts';

const usualSample = 10;
/** Of an execution with many branches only the first ones are weighed. */
const branchLimit = 50;

export async function estimateStoredBytes(app: App, org: string, sampleSize = usualSample): Promise<number> {
  const [executions, workflows] = await Promise.all([
    bytesOfExecutions(app, org, sampleSize),
    bytesOfWorkflows(app, org, sampleSize),
  ]);
  return executions + workflows;
}

async function bytesOfExecutions(app: App, org: string, sampleSize: number): Promise<number> {
  const collection = paths.executions(org);
  const orderBy = [['startedAt', 'desc']] as const;
  const newest = await app.store.query({ collection, orderBy, limit: sampleSize });
  if (newest.length < sampleSize) return sum(await Promise.all(newest.map((row) => bytesOfExecution(app, org, row))));
  const [sizes, total] = await Promise.all([
    Promise.all(newest.map((row) => bytesOfExecution(app, org, row))),
    app.store.count({ collection, orderBy }),
  ]);
  return Math.round((sum(sizes) / sizes.length) * total);
}

async function bytesOfExecution(app: App, org: string, execution: Snapshot): Promise<number> {
  const branches = await app.store.query({ collection: paths.branches(org, String(execution.data.id)), limit: branchLimit });
  const written = branches.map(({ data }) => Number(getPath(data, 'usage.bb') ?? 0));
  return size(execution) + sum(branches.map(size)) + sum(written);
}

/** A workflow keeps all its versions, each about as large as the latest. */
async function bytesOfWorkflows(app: App, org: string, sampleSize: number): Promise<number> {
  const collection = paths.workflows(org);
  const some = await app.store.query({ collection, limit: sampleSize });
  const versions = some.map(({ data }) => ({ id: String(data.id), latest: Number(data.latestVersion) }));
  const rows = await app.store.getAll(versions.map(({ id, latest }) => paths.version(org, id, latest)));
  const sizes = some.map((row, at) => size(row) + (versions[at]?.latest ?? 0) * size(rows[at] ?? null));
  if (some.length < sampleSize) return sum(sizes);
  return Math.round((sum(sizes) / sizes.length) * (await app.store.count({ collection })));
}

const size = (row: Snapshot | null): number => (row === null ? 0 : JSON.stringify(row.data).length);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
