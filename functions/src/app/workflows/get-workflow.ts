import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Workflow, WorkflowVersion } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { readVersion, readWorkflow } from './read-workflow.ts';
import { workflowNameDigest } from './workflow-name.ts';

export type WorkflowWithVersion = { readonly workflow: Workflow; readonly version: WorkflowVersion };

/** With its newest version, or the one asked for. */
export async function getWorkflow(
  app: App,
  principal: Principal,
  workflowId: string,
  version?: number,
): Promise<WorkflowWithVersion> {
  requirePermission(principal, 'workflows.read');
  const { workflow } = await readWorkflow(app, principal.org, workflowId);
  return { workflow, version: await readVersion(app, principal.org, workflowId, version ?? workflow.latestVersion) };
}

/** null when no workflow has this name. */
export async function findWorkflowByName(app: App, principal: Principal, name: string): Promise<Workflow | null> {
  requirePermission(principal, 'workflows.read');
  const holder = await app.store.get(paths.workflowName(principal.org, workflowNameDigest(name)));
  const id = holder?.data.workflowId;
  return typeof id === 'string' ? (await readWorkflow(app, principal.org, id)).workflow : null;
}
