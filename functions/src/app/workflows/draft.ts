/** Work in progress of a workflow: kept as it is, complete or not, and told what is still wrong with it. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Problem } from '@automateos/shared/model/problem';
import { WorkflowDraft } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { checkDefinition } from './check-definition.ts';
import { storedTrees } from './put-workflow.ts';
import { readVersion, readWorkflow } from './read-workflow.ts';
import { sealSecrets, unknownSecrets } from './webhook-secrets.ts';

export type CheckedDraft = { readonly draft: WorkflowDraft; readonly problems: readonly Problem[] };

/** Without a saved draft: the newest version, as revision 0. */
export async function getDraft(app: App, principal: Principal, workflowId: string): Promise<CheckedDraft> {
  requirePermission(principal, 'workflows.read');
  const { workflow } = await readWorkflow(app, principal.org, workflowId);
  const snapshot = await app.store.get(paths.draft(principal.org, workflowId));
  const draft = snapshot === null ? await draftOfNewest(app, principal.org, workflow) : WorkflowDraft.parse(snapshot.data);
  return { draft, problems: await problemsOf(app, principal.org, draft) };
}

async function draftOfNewest(
  app: App,
  org: string,
  workflow: { readonly id: string; readonly latestVersion: number },
): Promise<WorkflowDraft> {
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
};

/** Throws NOT_FOUND, and VERSION_MISMATCH with `ifRevision`. */
export async function putDraft(app: App, principal: Principal, request: PutDraft): Promise<CheckedDraft> {
  requirePermission(principal, 'workflows.write');
  return decideAgain(() => putDraftOnce(app, principal, request));
}

async function putDraftOnce(app: App, principal: Principal, request: PutDraft): Promise<CheckedDraft> {
  const { org, userId } = principal;
  const { workflow } = await readWorkflow(app, org, request.workflowId);
  const path = paths.draft(org, workflow.id);
  const snapshot = await app.store.get(path);
  const before = snapshot === null ? null : WorkflowDraft.parse(snapshot.data);
  const rev = before?.rev ?? 0;
  const holder = { org, workflowId: workflow.id };
  const definition = await sealSecrets(app, holder, request.definition, () => storedTrees(app, org, workflow));
  if (request.ifRevision !== undefined && request.ifRevision !== rev) throw new AppError('VERSION_MISMATCH', { current: rev });
  const draft: WorkflowDraft = {
    workflowId: workflow.id,
    definition: { ...definition } as WorkflowDraft['definition'], // z.json() infers mutable arrays; same content
    // the text has its secrets in the clear, and what is no definition yet cannot be rendered anew
    source: definition === request.definition ? request.source : null,
    rev: rev + 1,
    baseVersion: before?.baseVersion ?? workflow.latestVersion,
    updatedAt: toInstant(app.clock.now()),
    updatedBy: userId,
  };
  const data = asDocument(draft);
  const write =
    snapshot === null
      ? { kind: 'create' as const, path, data }
      : { kind: 'update' as const, path, data, version: snapshot.version };
  const result = await app.store.commit([write]);
  if (!result.ok) throw new Outrun('draft');
  return { draft, problems: await problemsOf(app, org, draft) };
}

async function problemsOf(app: App, org: string, draft: WorkflowDraft): Promise<readonly Problem[]> {
  const definition = asDocument(draft.definition);
  const { problems } = await checkDefinition(app, org, definition, { draft: true });
  return [...problems, ...unknownSecrets(definition)];
}
