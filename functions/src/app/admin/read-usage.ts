/**
 * Executions per day and how they ended, counted from the executions themselves: it can never disagree with the list. What a day has cost is
 * told by the marks of spend (cost/spend.ts), of whatever ran on it: in steps of a cent, and without storage.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Where } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { spentIn } from '../cost/spend.ts';
import { readWorkflow } from '../workflows/read-workflow.ts';

const dayMs = 86_400_000;
const mostDays = 92;
const endings = ['succeeded', 'failed', 'cancelled', 'timed-out'] as const;

export type RunCounts = { readonly executions: number } & Readonly<Record<(typeof endings)[number], number>>;
export type Counts = RunCounts & { readonly microUsd: number };
export type Usage = {
  readonly from: string;
  readonly to: string;
  readonly totals: Counts;
  readonly days: readonly (Counts & { date: string })[];
};

export type UsageRange = { readonly from?: string | undefined; readonly to?: string | undefined };

/** Whole days, UTC; without bounds the last 30. Throws INVALID_PARAMS. */
export async function readUsage(app: App, principal: Principal, range: UsageRange): Promise<Usage> {
  requirePermission(principal, 'usage.read');
  const { begin, end, starts } = spanOf(app, range);
  const days = await Promise.all(
    starts.map(async (start) => ({ date: toInstant(start).slice(0, 10), ...(await countDay(app, principal.org, start)) })),
  );
  const totals = { ...totalOf(days), microUsd: days.reduce((total, { microUsd }) => total + microUsd, 0) };
  return { from: toInstant(begin), to: toInstant(end), totals, days };
}

export type WorkflowUsage = {
  readonly workflowId: string;
  readonly from: string;
  readonly to: string;
  readonly totals: RunCounts;
  readonly days: readonly (RunCounts & { readonly date: string })[];
  /** Spend is told by workflow and month, whole months that the span touches. */
  readonly months: readonly { readonly month: string; readonly microUsd: number }[];
};

/** The same of one workflow. Throws NOT_FOUND, INVALID_PARAMS. */
export async function readWorkflowUsage(
  app: App,
  principal: Principal,
  workflowId: string,
  range: UsageRange,
): Promise<WorkflowUsage> {
  requirePermission(principal, 'usage.read');
  const { org } = principal;
  const { workflow } = await readWorkflow(app, org, workflowId);
  const { begin, end, starts } = spanOf(app, range);
  const of = [['workflowId', '==', workflow.id]] as const;
  const days = await Promise.all(
    starts.map(async (start) => ({ date: toInstant(start).slice(0, 10), ...(await countExecutions(app, org, start, of)) })),
  );
  const months = await Promise.all(
    [...new Set(days.map(({ date }) => date.slice(0, 7)))].map(async (month) => ({
      month,
      microUsd: await spentIn(app, org, 'flow', `${workflow.id}|${month}`),
    })),
  );
  return { workflowId: workflow.id, from: toInstant(begin), to: toInstant(end), totals: totalOf(days), days, months };
}

function spanOf(
  app: App,
  range: UsageRange,
): { readonly begin: number; readonly end: number; readonly starts: readonly number[] } {
  const end = startOfDay(range.to === undefined ? app.clock.now() : fromInstant(range.to) - 1) + dayMs;
  const begin = range.from === undefined ? end - 30 * dayMs : startOfDay(fromInstant(range.from));
  const count = (end - begin) / dayMs;
  if (count < 1 || count > mostDays)
    throw new AppError('INVALID_PARAMS', { reason: `from and to must span 1 to ${mostDays} days.` });
  return { begin, end, starts: Array.from({ length: count }, (_, day) => begin + day * dayMs) };
}

function totalOf(days: readonly RunCounts[]): RunCounts {
  const sum = (key: keyof RunCounts) => days.reduce((total, day) => total + day[key], 0);
  return {
    executions: sum('executions'),
    ...{ succeeded: sum('succeeded'), failed: sum('failed'), cancelled: sum('cancelled'), 'timed-out': sum('timed-out') },
  };
}

async function countDay(app: App, org: string, start: number): Promise<Counts> {
  const [counts, microUsd] = await Promise.all([
    countExecutions(app, org, start, []),
    spentIn(app, org, 'day', toInstant(start).slice(0, 10)),
  ]);
  return { ...counts, microUsd };
}

/** `of`: further conditions on the executions, before that of their start. */
async function countExecutions(app: App, org: string, start: number, of: readonly Where[]): Promise<RunCounts> {
  const collection = paths.executions(org);
  const day: readonly Where[] = [...of, ['startedAt', '>=', toInstant(start)], ['startedAt', '<', toInstant(start + dayMs)]];
  // In the order of the list, whose indexes serve it.
  const orderBy = [['startedAt', 'desc']] as const;
  const executions = await app.store.count({ collection, where: day, orderBy });
  const none = { succeeded: 0, failed: 0, cancelled: 0, 'timed-out': 0 };
  if (executions === 0) return { executions, ...none };
  const counts = await Promise.all(
    endings.map(
      async (status) =>
        [status, await app.store.count({ collection, where: [['status', '==', status], ...day], orderBy })] as const,
    ),
  );
  return { executions, ...none, ...Object.fromEntries(counts) };
}

function startOfDay(epochMs: number): number {
  return Math.floor(epochMs / dayMs) * dayMs;
}
