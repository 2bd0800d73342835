/** Workflows by name. `search` finds part of a name or a tag, case aside; the store cannot, so a page reads at most a bounded number. */
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { Workflow, WorkflowVersion } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Page, type PageRequest, queryPage, scanPage } from '../paging.ts';
import { readWorkflow } from './read-workflow.ts';

const scanLimit = 2_000;

export type ListWorkflows = PageRequest & { readonly search?: string; readonly active?: boolean };

export async function listWorkflows(app: App, principal: Principal, request: ListWorkflows): Promise<Page<Workflow>> {
  requirePermission(principal, 'workflows.read');
  const query = { collection: paths.workflows(principal.org), orderBy: [['name', 'asc']] as const };
  const needle = request.search?.trim().toLowerCase() ?? '';
  return scanPage(app.store, query, request, {
    scanLimit,
    keep: (row) => {
      const workflow = Workflow.parse(row.data);
      if (request.active !== undefined && request.active !== (workflow.activeVersion !== null)) return null;
      return matches(workflow, needle) ? workflow : null;
    },
  });
}

function matches(workflow: Workflow, needle: string): boolean {
  if (needle === '' || workflow.name.toLowerCase().includes(needle)) return true;
  return workflow.id === needle || (workflow.summary?.tags ?? []).some((tag) => tag.toLowerCase().includes(needle));
}

/** Newest first. */
export async function listVersions(
  app: App,
  principal: Principal,
  workflowId: string,
  page: PageRequest,
): Promise<Page<WorkflowVersion>> {
  requirePermission(principal, 'workflows.read');
  await readWorkflow(app, principal.org, workflowId);
  const query = { collection: paths.versions(principal.org, workflowId), orderBy: [['version', 'desc']] as const };
  const rows = await queryPage(app.store, query, page);
  return { items: rows.items.map((row) => WorkflowVersion.parse(row.data)), next: rows.next };
}
