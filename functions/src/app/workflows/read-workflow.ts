/** Reading workflows and versions, parsed; NOT_FOUND is what strangers see of other organizations' too. */
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import { Workflow, WorkflowVersion } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { cachesOf } from '../cache/app-caches.ts';
import { isDocumentId } from '../document-id.ts';

/** The version of the document guards the writes that follow from it. */
export type ReadWorkflow = { readonly workflow: Workflow; readonly revision: string };

export async function readWorkflow(app: App, org: string, workflowId: string): Promise<ReadWorkflow> {
  const snapshot = isDocumentId(workflowId) ? await app.store.get(paths.workflow(org, workflowId)) : null;
  if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'workflow', id: workflowId });
  return { workflow: Workflow.parse(snapshot.data), revision: snapshot.version };
}

export async function readVersion(app: App, org: string, workflowId: string, version: number): Promise<WorkflowVersion> {
  const path = paths.version(org, workflowId, version);
  const { versions } = cachesOf(app);
  const known = versions.get(path);
  if (known !== undefined) return known;
  const snapshot = isDocumentId(workflowId) ? await app.store.get(path) : null;
  if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'version', id: `${version} of workflow ${workflowId}` });
  const read = WorkflowVersion.parse(snapshot.data);
  versions.set(path, read, JSON.stringify(read).length);
  return read;
}
