/** What the last executions of a version have cost: for percentiles. Bounded in what it reads, whatever they were. */
import type { Plan } from '@automateos/shared/engine/plan';
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { readJournal } from '../executions/read-journal.ts';
import { priceExecution } from './price-execution.ts';

const mostExecutions = 30;
/** Executions with very many branches are few, then. */
const mostBranches = 1_000;
const fewest = 5;

export type CostHistory = { readonly microUsd: readonly number[]; readonly steps: readonly number[] };

/** null where too few have ended. */
export async function costHistory(app: App, org: string, plan: Plan): Promise<CostHistory | null> {
  const rows = await app.store.query({
    collection: paths.executions(org),
    where: [['workflowId', '==', plan.workflowId]],
    orderBy: [['startedAt', 'desc']],
    limit: 2 * mostExecutions,
  });
  const ended = rows
    .map(({ data }) => Execution.parse(data))
    .filter(({ version, status }) => version === plan.version && isTerminal(status))
    .slice(0, mostExecutions);
  const found = { microUsd: [] as number[], steps: [] as number[] };
  let branches = 0;
  for (const execution of ended) {
    if (branches >= mostBranches) break;
    const journal = await readJournal(app, execution);
    branches += journal.branches.length;
    found.microUsd.push(priceExecution(app, journal).microUsd);
    found.steps.push(journal.branches.reduce((sum, { steps }) => sum + steps.length, 0));
  }
  return found.microUsd.length < fewest ? null : found;
}

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
