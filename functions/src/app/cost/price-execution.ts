/**
 * What an execution has cost so far: the usage of its branches, summed and priced on read. Exact in what was counted; bytes are those of the
 * documents as they are now, for as long as the workflow keeps its executions.
 *
 * Counted: whatever the start, the workers and the ends did for this execution. Not counted: who looked at it, signed in, answered or
 * cancelled it (requests of their own), the sweep, and deliveries that found nothing to do.
 */
import { type Kept, nothingKept, priceUsage, roundCost, totalNanoUsd } from '@automateos/shared/cost/price-usage';
import { addUsage, type Counts, newCounts, sumUsage } from '@automateos/shared/cost/usage-counts';
import type { Plan } from '@automateos/shared/engine/plan';
import type { Branch, Step } from '@automateos/shared/model/branch';
import type { CostBreakdown } from '@automateos/shared/model/cost-view';
import type { Execution } from '@automateos/shared/model/execution';
import type { Usage } from '@automateos/shared/model/usage';
import type { App } from '../app-context.ts';

type Priced = { readonly execution: Execution; readonly plan: Plan; readonly branches: readonly Branch[] };

/** Name, field names and index entries of a document; the execution's has several indexes. */
const overheadBytes = { branch: 300, execution: 1_800, other: 600 };

/** Elsewhere, the process that starts an execution also begins it; in the cloud a worker does, which a message must reach. */
export const cloudHandOver: Usage = { p: 1, r: 2, i: 1 };

export function priceExecution(app: App, priced: Priced): CostBreakdown {
  const { pricing } = app;
  const counts = countsOf(app, priced);
  return roundCost(priceUsage(counts, keptOf(app, priced, counts), pricing), pricing.basis, pricing);
}

export function countsOf({ pricing }: App, { execution, branches }: Priced): Counts {
  const counts = sumUsage(branches.map(({ usage }) => usage));
  const begunHere =
    pricing.basis === 'cloud-estimate' && ['manual', 'webhook', 'schedule', 'event'].includes(execution.trigger.kind);
  if (begunHere) addUsage(counts, cloudHandOver);
  return counts;
}

export function keptMonths(app: App, plan: Plan): number {
  return (plan.definition.settings.retentionDays ?? app.settings.retentionDays) / 30;
}

function keptOf(app: App, { execution, plan, branches }: Priced, counts: Counts): Kept {
  let documentBytes = JSON.stringify(execution).length + overheadBytes.execution;
  for (const branch of branches) documentBytes += JSON.stringify(branch).length + overheadBytes.branch;
  documentBytes += Math.max(0, counts.n - branches.length - 1) * overheadBytes.other;
  return { documentBytes, months: keptMonths(app, plan) };
}

/** What can be told apart: a step's own commits, and the instance time of its last attempt. */
export function priceStep({ pricing }: App, plan: Plan, step: Step): number {
  const node = plan.nodes.get(step.node);
  if (!node || node.effect === 'pure') return 0;
  const counts = { ...newCounts(), w: step.attempt, c: step.cpuUs ?? 0 };
  return Math.round(totalNanoUsd(priceUsage(counts, nothingKept, pricing)) / 1e3);
}
