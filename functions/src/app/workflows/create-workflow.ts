/** A new workflow with its version 1. Its name is free or the commit fails; nothing is live unless `activate` says so. */
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Workflow } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { asDocument } from '../engine/as-document.ts';
import { prepareExpressions } from '../engine/prepare-expressions.ts';
import { requireRoom } from '../quotas/require-quota.ts';
import { announceJobs } from '../schedules/announce-jobs.ts';
import { noLiveTriggers, replaceLiveTriggers } from './live-triggers.ts';
import { sealDefinition } from './webhook-secrets.ts';
import { normalizeName } from './workflow-name.ts';
import { explainFailedCommit, noteOf, reserveName, type SavedText, summaryOf, versionWrite } from './workflow-writes.ts';

export type CreateWorkflow = SavedText & {
  readonly activate?: boolean;
  /** What version 1 is about, for people. */
  readonly note?: string | undefined;
};

/** Throws NAME_TAKEN, and INVALID_DEFINITION where a secret is not written out. The definition has been checked for all else. */
export async function createWorkflow(app: App, principal: Principal, request: CreateWorkflow): Promise<Workflow> {
  requirePermission(principal, 'workflows.write');
  const { org, userId } = principal;
  await requireRoom(app, org, 'workflows');
  const now = toInstant(app.clock.now());
  const id = app.ids.make('wf');
  const { definition, source } = await sealDefinition(app, { org, workflowId: id }, request);
  const workflow: Workflow = {
    id,
    org,
    name: normalizeName(definition.name),
    activeVersion: request.activate === true ? 1 : null,
    latestVersion: 1,
    createdAt: now,
    updatedAt: now,
    createdBy: userId,
    summary: summaryOf(definition),
  };
  const live =
    request.activate === true
      ? await replaceLiveTriggers(app, org, id, { org, workflowId: id, version: 1, definition })
      : noLiveTriggers;
  const target = { kind: 'workflow', id, name: workflow.name };
  const result = await app.store.commit([
    { kind: 'create', path: paths.workflow(org, id), data: asDocument(workflow) },
    { kind: 'create', path: paths.workflowOwner(id), data: { org } },
    reserveName(org, workflow.name, id),
    versionWrite(org, {
      workflowId: id,
      version: 1,
      definition,
      source,
      createdAt: now,
      createdBy: userId,
      ...noteOf(request.note),
    }),
    ...live.writes,
    auditWrite(app, principal, 'workflow.created', target, {}, { before: null, after: workflow }),
  ]);
  if (!result.ok) throw await explainFailedCommit(app, org, workflow.name, result);
  await announceJobs(app, live.jobs);
  if (request.activate === true) prepareExpressions(app, definition);
  return workflow;
}
