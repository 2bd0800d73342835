/** Many workflows and versions by one read each, for doors that show what others point at. What is not there, or foreign, is null. */
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { Workflow, WorkflowVersion } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { isDocumentId } from '../document-id.ts';
import { readMany } from '../read-many.ts';

/** In the order asked. */
export async function getWorkflows(
  app: App,
  principal: Principal,
  ids: readonly string[],
): Promise<readonly (Workflow | null)[]> {
  requirePermission(principal, 'workflows.read');
  const rows = await readMany(
    app,
    ids.map((id) => (isDocumentId(id) ? paths.workflow(principal.org, id) : null)),
  );
  return rows.map((row) => (row === null ? null : Workflow.parse(row.data)));
}

export type VersionRef = { readonly workflowId: string; readonly version: number };

/** In the order asked. Those of deleted workflows stay for the executions that ran them. */
export async function getVersions(
  app: App,
  principal: Principal,
  refs: readonly VersionRef[],
): Promise<readonly (WorkflowVersion | null)[]> {
  requirePermission(principal, 'workflows.read');
  const rows = await readMany(
    app,
    refs.map(({ workflowId, version }) =>
      isDocumentId(workflowId) && version >= 1 ? paths.version(principal.org, workflowId, version) : null,
    ),
  );
  return rows.map((row) => (row === null ? null : WorkflowVersion.parse(row.data)));
}
