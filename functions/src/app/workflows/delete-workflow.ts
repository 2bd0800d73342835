/**
 * Takes a workflow away: its name is free, its triggers are down, its webhook answers 404. Running executions go on; their versions
 * stay readable for them until retention clears what the `deleted-workflows` document names.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { changedAt } from '../engine/changed-at.ts';
import { announceJobs } from '../schedules/announce-jobs.ts';
import { listDraftRows } from './draft-rows.ts';
import { replaceLiveTriggers } from './live-triggers.ts';
import { readWorkflow } from './read-workflow.ts';
import { releaseName } from './workflow-writes.ts';

type DeleteWorkflow = { readonly workflowId: string; readonly ifVersion?: number };

export async function deleteWorkflow(app: App, principal: Principal, request: DeleteWorkflow): Promise<void> {
  requirePermission(principal, 'workflows.write');
  await decideAgain(() => deleteOnce(app, principal, request));
}

async function deleteOnce(app: App, principal: Principal, request: DeleteWorkflow): Promise<void> {
  const { org } = principal;
  const { workflow, revision } = await readWorkflow(app, org, request.workflowId);
  if (request.ifVersion !== undefined && request.ifVersion !== workflow.latestVersion) {
    throw new AppError('VERSION_MISMATCH', { current: workflow.latestVersion });
  }
  const deletedAt = changedAt(app.clock.now(), workflow.updatedAt);
  const target = { kind: 'workflow', id: workflow.id, name: workflow.name };
  const tombstone = { ...workflow, deletedAt, deletedBy: principal.userId };
  const drafts = await listDraftRows(app, org, workflow.id);
  const live = await replaceLiveTriggers(app, org, workflow.id, null);
  const result = await app.store.commit([
    { kind: 'delete', path: paths.workflow(org, workflow.id), version: revision },
    { kind: 'delete', path: paths.workflowOwner(workflow.id) },
    ...drafts.map(({ path }) => ({ kind: 'delete' as const, path })),
    releaseName(org, workflow.name),
    ...live.writes,
    { kind: 'set', path: paths.deletedWorkflow(org, workflow.id), data: asDocument(tombstone) },
    auditWrite(app, principal, 'workflow.deleted', target, {}, { before: workflow, after: null }),
  ]);
  if (!result.ok) throw new Outrun('workflow');
  await announceJobs(app, live.jobs);
}
