import { paths } from '@automateos/shared/model/paths';
import { Workflow } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';
import { workflowNameDigest } from './workflow-name.ts';

/** A workflow by id or, failing that, by name; null when there is neither. */
export async function findWorkflow(app: App, org: string, idOrName: string): Promise<Workflow | null> {
  const byId = isDocumentId(idOrName) ? await app.store.get(paths.workflow(org, idOrName)) : null;
  if (byId) return Workflow.parse(byId.data);
  const name = await app.store.get(paths.workflowName(org, workflowNameDigest(idOrName)));
  const id = name?.data.workflowId;
  const byName = typeof id === 'string' ? await app.store.get(paths.workflow(org, id)) : null;
  return byName ? Workflow.parse(byName.data) : null;
}
