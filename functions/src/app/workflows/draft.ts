/**
 * Work in progress of a workflow: each editor's own, kept as it is, complete or not, and told what is still wrong with it. A draft knows the
 * version that it was started from, so that its editor sees when the workflow has moved on. What an older release kept as the one draft of
 * a workflow is where everybody without an own one starts.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Problem } from '@automateos/shared/model/problem';
import { type Workflow, WorkflowDraft } from '@automateos/shared/model/workflow';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { checkDefinition } from './check-definition.ts';
import { draftRowOf, listDraftRows } from './draft-rows.ts';
import { storedTrees } from './put-workflow.ts';
import { readVersion, readWorkflow } from './read-workflow.ts';
import { sealSecrets, unknownSecrets } from './webhook-secrets.ts';

export type CheckedDraft = {
  readonly draft: WorkflowDraft;
  readonly problems: readonly Problem[];
  /** The workflow's newest version: a draft that was started from an older one would undo what came since. */
  readonly latestVersion: number;
};

/** The caller's own. Without one: the newest version, as revision 0. The machine itself reads the one that was saved last. */
export async function getDraft(app: App, principal: Principal, workflowId: string): Promise<CheckedDraft> {
  requirePermission(principal, 'workflows.read');
  const { workflow } = await readWorkflow(app, principal.org, workflowId);
  const snapshot =
    principal.via === 'system'
      ? lastSaved(await listDraftRows(app, principal.org, workflow.id))
      : await draftRowOf(app, principal.org, workflow.id, principal.userId);
  return checked(app, principal.org, workflow, snapshot);
}

/** Somebody's draft, to look at. Throws NOT_FOUND where they have none. */
export async function getDraftOf(app: App, principal: Principal, workflowId: string, userId: string): Promise<CheckedDraft> {
  requirePermission(principal, 'workflows.read');
  const { workflow } = await readWorkflow(app, principal.org, workflowId);
  const rows = await listDraftRows(app, principal.org, workflow.id);
  const row = rows.find(({ data }) => data.updatedBy === userId);
  if (row === undefined) throw new AppError('NOT_FOUND', { what: 'draft of', id: userId.slice(0, 128) });
  return checked(app, principal.org, workflow, row);
}

export type DraftSummary = Pick<WorkflowDraft, 'rev' | 'baseVersion' | 'updatedAt' | 'updatedBy'> & {
  readonly latestVersion: number;
};

/** Who has work in progress, the last saved first. */
export async function listDrafts(app: App, principal: Principal, workflowId: string): Promise<readonly DraftSummary[]> {
  requirePermission(principal, 'workflows.read');
  const { workflow } = await readWorkflow(app, principal.org, workflowId);
  const rows = await listDraftRows(app, principal.org, workflow.id);
  return rows.map((row) => {
    const { rev, baseVersion, updatedAt, updatedBy } = WorkflowDraft.parse(row.data);
    return { rev, baseVersion, updatedAt, updatedBy, latestVersion: workflow.latestVersion };
  });
}

/** The caller's own goes; there being none is no error. Throws VERSION_MISMATCH with `ifRevision`. */
export async function discardDraft(app: App, principal: Principal, workflowId: string, ifRevision?: number): Promise<void> {
  requirePermission(principal, 'workflows.write');
  const { workflow } = await readWorkflow(app, principal.org, workflowId);
  await decideAgain(async () => {
    const row = await draftRowOf(app, principal.org, workflow.id, principal.userId);
    const rev = row === null ? 0 : WorkflowDraft.parse(row.data).rev;
    if (ifRevision !== undefined && ifRevision !== rev) throw new AppError('VERSION_MISMATCH', { current: rev });
    if (row === null) return;
    const target = { kind: 'draft', id: workflow.id, name: workflow.name };
    const result = await app.store.commit([
      { kind: 'delete', path: row.path, version: row.version },
      auditWrite(app, principal, 'workflow.draft-discarded', target, { revision: rev }, { before: row.data, after: null }),
    ]);
    if (!result.ok) throw new Outrun('draft');
  });
}

function lastSaved(rows: readonly Snapshot[]): Snapshot | null {
  return rows[0] ?? null;
}

async function checked(app: App, org: string, workflow: Workflow, row: Snapshot | null): Promise<CheckedDraft> {
  const draft = row === null ? await draftOfNewest(app, org, workflow) : WorkflowDraft.parse(row.data);
  return { draft, problems: await problemsOf(app, org, draft), latestVersion: workflow.latestVersion };
}

async function draftOfNewest(app: App, org: string, workflow: Workflow): Promise<WorkflowDraft> {
  const newest = await readVersion(app, org, workflow.id, workflow.latestVersion);
  return {
    workflowId: workflow.id,
    definition: asDocument(newest.definition) as WorkflowDraft['definition'], // z.json() infers mutable arrays; same content
    source: newest.source,
    rev: 0,
    baseVersion: newest.version,
    updatedAt: newest.createdAt,
    updatedBy: newest.createdBy,
  };
}

export type PutDraft = {
  readonly workflowId: string;
  readonly definition: JsonObject;
  readonly source: string | null;
  /** The revision that the caller has read; absent = whatever it is. */
  readonly ifRevision?: number;
  /** The version that the caller has taken over into it; absent = the one it was started from. */
  readonly baseVersion?: number;
};

/** Editors save a draft every few seconds: the audit log has a line of the first save, and then of one in so long. */
const loggedEveryMs = 900_000;

/** Throws NOT_FOUND, and VERSION_MISMATCH with `ifRevision`. */
export async function putDraft(app: App, principal: Principal, request: PutDraft): Promise<CheckedDraft> {
  requirePermission(principal, 'workflows.write');
  return decideAgain(() => putDraftOnce(app, principal, request));
}

async function putDraftOnce(app: App, principal: Principal, request: PutDraft): Promise<CheckedDraft> {
  const { org, userId } = principal;
  const { workflow } = await readWorkflow(app, org, request.workflowId);
  const path = paths.userDraft(org, workflow.id, userId);
  const snapshot = await draftRowOf(app, org, workflow.id, userId);
  const before = snapshot === null ? null : WorkflowDraft.parse(snapshot.data);
  const rev = before?.rev ?? 0;
  const holder = { org, workflowId: workflow.id };
  const definition = await sealSecrets(app, holder, request.definition, () => storedTrees(app, principal, workflow));
  if (request.ifRevision !== undefined && request.ifRevision !== rev) throw new AppError('VERSION_MISMATCH', { current: rev });
  const now = app.clock.now();
  const { loggedAt } = before ?? {};
  const isLogged = loggedAt === undefined || now - fromInstant(loggedAt) >= loggedEveryMs;
  const draft: WorkflowDraft = {
    workflowId: workflow.id,
    definition: { ...definition } as WorkflowDraft['definition'], // z.json() infers mutable arrays; same content
    // the text has its secrets in the clear, and what is no definition yet cannot be rendered anew
    source: definition === request.definition ? request.source : null,
    rev: rev + 1,
    baseVersion: Math.min(request.baseVersion ?? before?.baseVersion ?? workflow.latestVersion, workflow.latestVersion),
    updatedAt: toInstant(now),
    updatedBy: userId,
    loggedAt: isLogged ? toInstant(now) : loggedAt,
  };
  const data = asDocument(draft);
  const write =
    snapshot?.path !== path
      ? { kind: 'create' as const, path, data }
      : { kind: 'update' as const, path, data, version: snapshot.version };
  const target = { kind: 'draft', id: workflow.id, name: workflow.name };
  const audit = (): Write =>
    auditWrite(
      app,
      principal,
      'workflow.draft-saved',
      target,
      { revision: draft.rev },
      { before: snapshot?.data ?? null, after: draft },
    );
  const result = await app.store.commit(isLogged ? [write, audit()] : [write]);
  if (!result.ok) throw new Outrun('draft');
  return { draft, problems: await problemsOf(app, org, draft), latestVersion: workflow.latestVersion };
}

async function problemsOf(app: App, org: string, draft: WorkflowDraft): Promise<readonly Problem[]> {
  const definition = asDocument(draft.definition);
  const { problems } = await checkDefinition(app, org, definition, { draft: true });
  return [...problems, ...unknownSecrets(definition)];
}
