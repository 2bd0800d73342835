/** Saving makes version n + 1; the active version stays what it was, unless `activate`. Versions before it never change. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Workflow } from '@automateos/shared/model/workflow';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { changedAt } from '../engine/changed-at.ts';
import { prepareExpressions } from '../engine/prepare-expressions.ts';
import { announceJobs } from '../schedules/announce-jobs.ts';
import { draftRowOf } from './draft-rows.ts';
import { noLiveTriggers, replaceLiveTriggers } from './live-triggers.ts';
import { readVersion, readWorkflow } from './read-workflow.ts';
import { sealDefinition } from './webhook-secrets.ts';
import { normalizeName } from './workflow-name.ts';
import {
  explainFailedCommit,
  noteOf,
  releaseName,
  reserveName,
  type SavedText,
  summaryOf,
  versionWrite,
} from './workflow-writes.ts';

export type PutWorkflow = SavedText & {
  readonly workflowId: string;
  /** The version that the caller has read; absent = whatever it is. */
  readonly ifVersion?: number;
  readonly activate?: boolean;
  /** What this version is about, for people. */
  readonly note?: string | undefined;
  /** Set by restore, for the audit log. */
  readonly restoredFrom?: number;
};

/**
 * Throws NOT_FOUND, NAME_TAKEN, VERSION_MISMATCH (only with `ifVersion`), and INVALID_DEFINITION where `***` stands for a secret that is not stored. The
 * definition has been checked for all else.
 */
export async function putWorkflow(app: App, principal: Principal, request: PutWorkflow): Promise<Workflow> {
  requirePermission(principal, 'workflows.write');
  return decideAgain(() => putOnce(app, principal, request));
}

async function putOnce(app: App, principal: Principal, request: PutWorkflow): Promise<Workflow> {
  const { org, userId } = principal;
  const { workflowId } = request;
  const { workflow, revision } = await readWorkflow(app, org, workflowId);
  if (request.ifVersion !== undefined && request.ifVersion !== workflow.latestVersion) {
    throw new AppError('VERSION_MISMATCH', { current: workflow.latestVersion });
  }
  const stored = () => storedTrees(app, principal, workflow);
  const { definition, source } = await sealDefinition(app, { org, workflowId }, request, stored);
  const version = workflow.latestVersion + 1;
  const now = toInstant(app.clock.now());
  const saved: Workflow = {
    ...workflow,
    name: normalizeName(definition.name),
    latestVersion: version,
    activeVersion: request.activate === true ? version : workflow.activeVersion,
    updatedAt: changedAt(app.clock.now(), workflow.updatedAt),
    summary: summaryOf(definition),
  };
  const live =
    request.activate === true
      ? await replaceLiveTriggers(app, org, workflowId, { org, workflowId, version, definition })
      : noLiveTriggers;
  const details = { version, ...(request.restoredFrom === undefined ? {} : { restoredFrom: request.restoredFrom }) };
  const target = { kind: 'workflow', id: workflowId, name: saved.name };
  const result = await app.store.commit([
    { kind: 'update', path: paths.workflow(org, workflowId), data: asDocument(saved), version: revision },
    versionWrite(org, { workflowId, version, definition, source, createdAt: now, createdBy: userId, ...noteOf(request.note) }),
    ...renameWrites(org, workflow, saved),
    // what was saved stood in the caller's draft; others keep theirs, and see that the workflow has moved on
    { kind: 'delete', path: paths.userDraft(org, workflowId, userId) },
    { kind: 'delete', path: paths.draft(org, workflowId) },
    ...live.writes,
    auditWrite(app, principal, 'workflow.saved', target, details, { before: workflow, after: saved }),
  ]);
  if (!result.ok) throw await explainFailedCommit(app, org, saved.name, result);
  await announceJobs(app, live.jobs);
  if (request.activate === true) prepareExpressions(app, definition);
  return saved;
}

/** What `***` may stand for: the caller's draft comes first, because it is what was worked on last. */
export async function storedTrees(app: App, { org, userId }: Principal, workflow: Workflow): Promise<readonly JsonObject[]> {
  const draft = await draftRowOf(app, org, workflow.id, userId);
  const newest = await readVersion(app, org, workflow.id, workflow.latestVersion);
  const trees = [draft?.data.definition, asDocument(newest.definition)];
  return trees.filter(isJsonObject);
}

function renameWrites(org: string, before: Workflow, after: Workflow): readonly Write[] {
  if (before.name === after.name) return [];
  return [reserveName(org, after.name, after.id), releaseName(org, before.name)];
}
