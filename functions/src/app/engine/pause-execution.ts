/**
 * Paused is a flag beside the status. Live branches are told to hold, listed again until all have heard: a branch that heard cannot
 * commit without noticing, so none creates another one unseen. Wake-ups are stored as ever and claimed after resume.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { Branch } from '@automateos/shared/model/branch';
import { isTerminal } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { changedAt } from './changed-at.ts';
import { readExecution } from './read-execution.ts';
import { refOf } from './run.ts';

export async function pauseExecution(app: App, principal: Principal, executionId: string): Promise<void> {
  requirePermission(principal, 'executions.control');
  await setPaused(app, principal, executionId, true);
  while (await holdBranches(app, principal.org, executionId)) {
    // until every live branch has been told
  }
}

export async function resumeExecution(app: App, principal: Principal, executionId: string): Promise<void> {
  requirePermission(principal, 'executions.control');
  await setPaused(app, principal, executionId, false);
  for (const { data: branch } of await liveBranches(app, principal.org, executionId)) {
    const due = branch.status === 'waiting' && branch.wait?.wakeAt && Date.parse(branch.wait.wakeAt) <= app.clock.now();
    if (branch.status === 'queued' || due) await announce(app, branch.pool, [refOf(branch)]);
  }
}

async function setPaused(app: App, principal: Principal, id: string, paused: boolean): Promise<void> {
  const { org } = principal;
  for (;;) {
    const { data, version } = await readExecution(app, org, id);
    if (isTerminal(data.status) || data.stopping) {
      throw new AppError('CONFLICT', { reason: `Execution ${id} has ended or is being stopped.` });
    }
    if (data.paused === paused) return;
    const after = { ...data, paused, updatedAt: changedAt(app.clock.now(), data.updatedAt) };
    const action = paused ? 'execution.pause' : 'execution.resume';
    const result = await app.store.commit([
      { kind: 'update', path: paths.execution(org, id), version, data: asDocument(after) },
      auditWrite(app, principal, action, { kind: 'execution', id }, {}, { before: data, after }),
    ]);
    if (result.ok) return;
  }
}

/** Tells every live branch; true while one had to be told, or changed under our hands. */
async function holdBranches(app: App, org: string, id: string): Promise<boolean> {
  let told = false;
  for (const { path, version, data } of await liveBranches(app, org, id)) {
    if (data.hold || data.status === 'waiting') continue;
    told = true;
    const held = asDocument({ ...data, hold: true, rev: data.rev + 1 });
    await app.store.commit([{ kind: 'update', path, version, data: held }]);
  }
  return told;
}

async function liveBranches(app: App, org: string, id: string) {
  const where = [['status', 'in', ['queued', 'running', 'waiting']]] as const;
  const found = await app.store.query({ collection: paths.branches(org, id), where });
  return found.map(({ path, version, data }) => ({ path, version, data: Branch.parse(data) }));
}
