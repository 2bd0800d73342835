/** Budgets: read, set, taken away. Who may spend is for administrators to say, and each change is in the audit log. */
import { AppError } from '@automateos/shared/model/app-error';
import { Budget, type BudgetChoice, type BudgetView } from '@automateos/shared/model/budget';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';
import { readWorkflow } from '../workflows/read-workflow.ts';
import { forgetBudgets } from './require-budget.ts';
import { monthOf, spentOf } from './spent-of.ts';

/** `workflowId` null: the organization's. */
export async function getBudget(app: App, principal: Principal, workflowId: string | null): Promise<BudgetView> {
  requirePermission(principal, 'usage.read');
  const scope = await scopeOf(app, principal, workflowId);
  const snapshot = await app.store.get(paths.budget(principal.org, scope));
  return view(app, principal.org, scope, snapshot && Budget.parse(snapshot.data));
}

/** Throws PRECONDITION_FAILED; without an expectation the last writer wins. */
export async function putBudget(
  app: App,
  principal: Principal,
  change: BudgetChoice & { readonly workflowId: string | null; readonly expected?: Expected<Budget | null> },
): Promise<BudgetView> {
  requirePermission(principal, 'budgets.write');
  const { workflowId, expected, ...choice } = change;
  const scope = await scopeOf(app, principal, workflowId);
  const budget: Budget = { ...choice, scope, updatedAt: toInstant(app.clock.now()), updatedBy: principal.userId };
  const path = paths.budget(principal.org, scope);
  await decideAgain(async () => {
    const row = await app.store.get(path);
    const before = row?.data ?? null;
    requireUnchanged(expected, before === null ? null : Budget.parse(before));
    const target = { kind: 'budget', id: scope };
    const data = asDocument(budget);
    const result = await app.store.commit([
      row === null ? { kind: 'create', path, data } : { kind: 'update', path, data, version: row.version },
      auditWrite(app, principal, 'budget.changed', target, { ...choice }, { before, after: budget }),
    ]);
    if (!result.ok) throw new Outrun('budget');
  });
  forgetBudgets(app, principal.org);
  return view(app, principal.org, scope, budget);
}

/** Throws NOT_FOUND where there is none, PRECONDITION_FAILED. */
export async function deleteBudget(
  app: App,
  principal: Principal,
  workflowId: string | null,
  expected?: Expected<Budget | null>,
): Promise<void> {
  requirePermission(principal, 'budgets.write');
  const scope = await scopeOf(app, principal, workflowId);
  const path = paths.budget(principal.org, scope);
  await decideAgain(async () => {
    const row = await app.store.get(path);
    if (row === null) throw new AppError('NOT_FOUND', { what: 'budget', id: scope });
    requireUnchanged(expected, Budget.parse(row.data));
    const target = { kind: 'budget', id: scope };
    const result = await app.store.commit([
      { kind: 'delete', path, version: row.version },
      auditWrite(app, principal, 'budget.deleted', target, {}, { before: row.data, after: null }),
    ]);
    if (!result.ok) throw new Outrun('budget');
  });
  forgetBudgets(app, principal.org);
}

async function scopeOf(app: App, principal: Principal, workflowId: string | null): Promise<string> {
  return workflowId === null ? 'organization' : (await readWorkflow(app, principal.org, workflowId)).workflow.id;
}

async function view(app: App, org: string, scope: string, budget: Budget | null): Promise<BudgetView> {
  const spentMicroUsd = await spentOf(app, org, scope);
  const exceeded = budget !== null && spentMicroUsd >= budget.monthlyMicroUsd;
  return { scope, month: monthOf(app), spentMicroUsd, basis: app.pricing.basis, budget, exceeded };
}
