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

const dayMs = 86_400_000;
const mostDays = 92;
const endings = ['succeeded', 'failed', 'cancelled', 'timed-out'] as const;

export type Counts = { readonly executions: number; readonly microUsd: number } & Readonly<
  Record<(typeof endings)[number], number>
>;
export type Usage = {
  readonly from: string;
  readonly to: string;
  readonly totals: Counts;
  readonly days: readonly (Counts & { date: string })[];
};

/** Whole days, UTC; without bounds the last 30. Throws INVALID_PARAMS. */
export async function readUsage(
  app: App,
  principal: Principal,
  range: { readonly from?: string | undefined; readonly to?: string | undefined },
): Promise<Usage> {
  requirePermission(principal, 'usage.read');
  const end = startOfDay(range.to === undefined ? app.clock.now() : fromInstant(range.to) - 1) + dayMs;
  const begin = range.from === undefined ? end - 30 * dayMs : startOfDay(fromInstant(range.from));
  const count = (end - begin) / dayMs;
  if (count < 1 || count > mostDays)
    throw new AppError('INVALID_PARAMS', { reason: `from and to must span 1 to ${mostDays} days.` });
  const starts = Array.from({ length: count }, (_, day) => begin + day * dayMs);
  const days = await Promise.all(
    starts.map(async (start) => ({ date: toInstant(start).slice(0, 10), ...(await countDay(app, principal.org, start)) })),
  );
  const sum = (key: keyof Counts) => days.reduce((total, day) => total + day[key], 0);
  const totals = {
    executions: sum('executions'),
    microUsd: sum('microUsd'),
    ...{ succeeded: sum('succeeded'), failed: sum('failed'), cancelled: sum('cancelled'), 'timed-out': sum('timed-out') },
  };
  return { from: toInstant(begin), to: toInstant(end), totals, days };
}

async function countDay(app: App, org: string, start: number): Promise<Counts> {
  const collection = paths.executions(org);
  const day: readonly Where[] = [
    ['startedAt', '>=', toInstant(start)],
    ['startedAt', '<', toInstant(start + dayMs)],
  ];
  // In the order of the list, whose indexes serve it.
  const orderBy = [['startedAt', 'desc']] as const;
  const [executions, microUsd] = await Promise.all([
    app.store.count({ collection, where: day, orderBy }),
    spentIn(app, org, 'day', toInstant(start).slice(0, 10)),
  ]);
  const none = { succeeded: 0, failed: 0, cancelled: 0, 'timed-out': 0 };
  if (executions === 0) return { executions, microUsd, ...none };
  const counts = await Promise.all(
    endings.map(
      async (status) =>
        [status, await app.store.count({ collection, where: [['status', '==', status], ...day], orderBy })] as const,
    ),
  );
  return { executions, microUsd, ...none, ...Object.fromEntries(counts) };
}

function startOfDay(epochMs: number): number {
  return Math.floor(epochMs / dayMs) * dayMs;
}
