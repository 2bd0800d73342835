import type { Principal } from '@automateos/shared/model/principal';
import type { Workflow } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { putWorkflow } from './put-workflow.ts';
import { readVersion } from './read-workflow.ts';

/** History is never rewritten: the old version's content becomes version n + 1. */
export async function restoreVersion(app: App, principal: Principal, workflowId: string, version: number): Promise<Workflow> {
  requirePermission(principal, 'workflows.write');
  requirePermission(principal, 'workflows.read'); // it brings back what was saved, and answers it
  const { definition, source } = await readVersion(app, principal.org, workflowId, version);
  return putWorkflow(app, principal, {
    workflowId,
    definition,
    source,
    restoredFrom: version,
  });
}
