/** Activation makes the triggers of one version live, in one commit with the workflow; deactivation takes them down. */
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Workflow } from '@automateos/shared/model/workflow';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { changedAt } from '../engine/changed-at.ts';
import { prepareExpressions } from '../engine/prepare-expressions.ts';
import { announceJobs } from '../schedules/announce-jobs.ts';
import { requireDefinition } from './check-definition.ts';
import { replaceLiveTriggers } from './live-triggers.ts';
import { readVersion, readWorkflow } from './read-workflow.ts';

/** Without `version` the newest. A version saved under other node types is checked again: what cannot run does not go live. */
export async function activateWorkflow(
  app: App,
  principal: Principal,
  request: { readonly workflowId: string; readonly version?: number },
): Promise<Workflow> {
  requirePermission(principal, 'workflows.write');
  const { org } = principal;
  return decideAgain(async () => {
    const { workflow, revision } = await readWorkflow(app, org, request.workflowId);
    const version = request.version ?? workflow.latestVersion;
    const stored = await readVersion(app, org, workflow.id, version);
    const definition = await requireDefinition(app, org, asDocument(stored.definition));
    const activation = { org, workflowId: workflow.id, version, definition };
    const active = await setActive(app, principal, { workflow, revision, activation, action: 'workflow.activated' });
    prepareExpressions(app, definition);
    return active;
  });
}

export async function deactivateWorkflow(app: App, principal: Principal, workflowId: string): Promise<Workflow> {
  requirePermission(principal, 'workflows.write');
  return decideAgain(async () => {
    const { workflow, revision } = await readWorkflow(app, principal.org, workflowId);
    return setActive(app, principal, { workflow, revision, activation: null, action: 'workflow.deactivated' });
  });
}

type Change = {
  readonly workflow: Workflow;
  readonly revision: string;
  readonly activation: Parameters<typeof replaceLiveTriggers>[3];
  readonly action: string;
};

async function setActive(app: App, principal: Principal, change: Change): Promise<Workflow> {
  const { org } = principal;
  const { workflow, revision, activation } = change;
  const activeVersion = activation?.version ?? null;
  const saved: Workflow = { ...workflow, activeVersion, updatedAt: changedAt(app.clock.now(), workflow.updatedAt) };
  const target = { kind: 'workflow', id: workflow.id, name: workflow.name };
  const live = await replaceLiveTriggers(app, org, workflow.id, activation);
  const result = await app.store.commit([
    { kind: 'update', path: paths.workflow(org, workflow.id), data: asDocument(saved), version: revision },
    ...live.writes,
    auditWrite(app, principal, change.action, target, { version: activeVersion }, { before: workflow, after: saved }),
  ]);
  if (!result.ok) throw new Outrun('workflow');
  await announceJobs(app, live.jobs);
  return saved;
}
