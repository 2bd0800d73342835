/**
 * What an organization uses, counted where it lies: no document is written for it, so that no start waits for another one's. Counting costs
 * one read per thousand entries of an index in the cloud.
 */
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { QuotaName } from '@automateos/shared/model/quota';
import type { App } from '../app-context.ts';
import { estimateStoredBytes } from './estimate-stored-bytes.ts';

const dayMs = 86_400_000;
/** In the order of the list, whose indexes serve it. */
const orderBy = [['startedAt', 'desc']] as const;

export function countUse(app: App, org: string, name: QuotaName): Promise<number> {
  switch (name) {
    case 'executionsPerDay':
      return countStarted(app, org);
    case 'concurrentExecutions':
      return countUnfinished(app, org);
    case 'storedBytes':
      return estimateStoredBytes(app, org);
    case 'schedules':
      return app.store.count({ collection: paths.schedules(org) });
    case 'workflows':
      return app.store.count({ collection: paths.workflows(org) });
    case 'members':
      return countMembers(app, org);
    case 'apiKeys':
      return app.store.count({ collection: paths.apiKeys(org) });
  }
}

/** When the day ends by whose executions the quota counts, epoch ms. */
export function endOfDay(now: number): number {
  return startOfDay(now) + dayMs;
}

const startOfDay = (now: number): number => Math.floor(now / dayMs) * dayMs;

function countStarted(app: App, org: string): Promise<number> {
  const today = toInstant(startOfDay(app.clock.now()));
  return app.store.count({ collection: paths.executions(org), where: [['startedAt', '>=', today]], orderBy });
}

/** Those that wait or are held back included. */
export async function countUnfinished(app: App, org: string): Promise<number> {
  const counts = await Promise.all(
    ['running', 'queued'].map((status) =>
      app.store.count({ collection: paths.executions(org), where: [['status', '==', status]], orderBy }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** An invitation that is open takes a place: it cannot be accepted beyond the quota. */
async function countMembers(app: App, org: string): Promise<number> {
  const [members, invitations] = await Promise.all([
    app.store.count({ collection: paths.members(org) }),
    app.store.count({ collection: paths.invitations(org) }),
  ]);
  return members + invitations;
}
