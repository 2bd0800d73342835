/**
 * Whether a start may go on. Budgets and spend are remembered by each process for a minute: one read a minute where there is no budget. So
 * a stop comes at most a minute late, plus what is under way; what has started goes on, calls and retries of it included.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { Budget } from '@automateos/shared/model/budget';
import type { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import { LRUCache } from 'lru-cache';
import type { App } from '../app-context.ts';
import type { PlanCache } from '../engine/plan-cache.ts';
import { monthOf, spentOf } from './spent-of.ts';

const rememberedMs = 60_000;
const pageSize = 300;
/** Micro-dollars: of budgets below a dollar. */
const smallUnit = 10;

type Known = {
  readonly at: number;
  readonly budgets: ReadonlyMap<string, Budget>;
  /** By scope; micro-dollars. */
  readonly spent: Map<string, Promise<number>>;
};

/** By process (its plan cache is its own) and organization. */
const knownOf = new WeakMap<PlanCache, LRUCache<string, Promise<Known>>>();

/**
 * Throws BUDGET_EXCEEDED where a budget that stops is used up; one that warns is logged. Answers how finely the spend of what starts is to be
 * recorded; undefined = as usual.
 */
export async function requireBudget(app: App, org: string, workflowId: string): Promise<Execution['spendUnit']> {
  const known = await remembered(app, org);
  let unit: Execution['spendUnit'];
  for (const scope of ['organization', workflowId]) {
    const budget = known.budgets.get(scope);
    if (!budget) continue;
    const needed = unitFor(budget);
    if (needed !== undefined && (unit === undefined || needed < unit)) unit = needed;
    await check(app, org, { budget, known, isSmall: needed === smallUnit });
  }
  return unit;
}

/** A thousand marks of a budget at least, as far as that goes. */
function unitFor({ monthlyMicroUsd }: Budget): Execution['spendUnit'] {
  if (monthlyMicroUsd < 1_000_000) return smallUnit;
  return monthlyMicroUsd < 10_000_000 ? 1_000 : undefined;
}

type Checked = { readonly budget: Budget; readonly known: Known; readonly isSmall: boolean };

async function check(app: App, org: string, { budget, known, isSmall }: Checked): Promise<void> {
  const { scope } = budget;
  const first = !known.spent.has(scope);
  const remembered = isSmall ? undefined : known.spent.get(scope); // a small budget is used up within a minute
  const spending = remembered ?? spentOf(app, org, scope);
  known.spent.set(scope, spending);
  const spent = await spending.catch((error: unknown) => {
    if (known.spent.get(scope) === spending) known.spent.delete(scope); // whoever waits is told; the next start asks again
    throw error;
  });
  if (spent < budget.monthlyMicroUsd) return;
  if (first) app.logger.warn('budget-exceeded', { organization: org, scope, spentMicroUsd: spent, ...amounts(budget) });
  if (budget.onExceeded === 'stop' && app.settings.features['budget-stops']) throw exceeded(app, budget, spent);
}

/** After a change made here; other processes hear of it within a minute. */
export function forgetBudgets(app: App, org: string): void {
  knownOf.get(app.plans)?.delete(org);
}

async function remembered(app: App, org: string): Promise<Known> {
  const cache = knownOf.get(app.plans) ?? new LRUCache<string, Promise<Known>>({ max: 1_000 });
  knownOf.set(app.plans, cache);
  const loading = cache.get(org);
  const known = await loading;
  if (known && app.clock.now() - known.at < rememberedMs) return known;
  // whoever comes first in a minute reads, the others wait for the same answer
  const now = cache.get(org);
  if (now !== undefined && now !== loading) return now;
  const fresh = load(app, org);
  cache.set(org, fresh);
  fresh.catch(() => cache.delete(org)); // whoever waits is told; the next start tries again
  return fresh;
}

async function load(app: App, org: string): Promise<Known> {
  const budgets = new Map<string, Budget>();
  let last: Snapshot | undefined;
  for (;;) {
    const startAfter = last && { values: [], path: last.path };
    const rows = await app.store.query({ collection: paths.budgets(org), limit: pageSize, ...(startAfter && { startAfter }) });
    for (const { data } of rows) budgets.set(String(data.scope), Budget.parse(data));
    last = rows.at(-1);
    if (rows.length < pageSize) return { at: app.clock.now(), budgets, spent: new Map() };
  }
}

function amounts({ monthlyMicroUsd, onExceeded }: Budget) {
  return { monthlyMicroUsd, onExceeded };
}

function exceeded(app: App, { scope, monthlyMicroUsd }: Budget, spent: number): AppError {
  const usd = (microUsd: number): string => `$${(microUsd / 1e6).toFixed(microUsd < 10_000 ? 6 : 2)}`;
  const organization = scope === 'organization';
  return new AppError('BUDGET_EXCEEDED', {
    scope: organization ? 'the organization' : `workflow ${scope}`,
    month: monthOf(app),
    spent: usd(spent),
    budget: usd(monthlyMicroUsd),
    path: organization ? '/v1/budget' : `/v1/workflows/${scope}/budget`,
  });
}
