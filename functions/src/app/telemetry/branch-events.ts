/** What becomes of branches on their way to a worker: how long they waited, who had to look for them, which were given up. */
import type { Branch } from '@automateos/shared/model/branch';
import { fromInstant } from '@automateos/shared/model/instant';
import type { App } from '../app-context.ts';
import { announceMs } from '../engine/branch-document.ts';
import { metrics } from './metric-names.ts';

/** `stored` as it was before the claim. The lag comes from the document alone, so it means the same on every queue. */
export function branchClaimed({ telemetry, clock }: App, stored: Branch): void {
  if (!telemetry.metering) return;
  const due = dueSince(stored);
  if (due === null) return;
  // clocks of two machines may differ
  const lagMs = Math.max(0, clock.now() - due.at);
  telemetry.record(metrics.queueLag, lagMs / 1_000, { pool: stored.pool, kind: due.kind });
}

function dueSince(stored: Branch): { readonly kind: RescueKind; readonly at: number } | null {
  if (stored.status === 'waiting') {
    const wakeAt = stored.wait?.wakeAt;
    return wakeAt ? { kind: 'timer', at: fromInstant(wakeAt) } : null;
  }
  const at = stored.status === 'queued' ? announcedAt(stored) : null;
  return at === null ? null : { kind: 'queued', at };
}

/** Its `due` is when the sweep will announce it again, counted from when it was announced last. */
function announcedAt({ due, announced }: Branch): number | null {
  if (due === null) return null;
  return fromInstant(due.slice(due.indexOf(':') + 1)) - announceMs * 2 ** announced;
}

export function branchTakenOver({ telemetry, logger }: App, branch: Branch): void {
  if (telemetry.metering) telemetry.add(metrics.branchTakeovers, 1, { pool: branch.pool });
  logger.info('branch-taken-over', { ...idsOf(branch), crashes: branch.crashes });
}

export type RescueKind = 'queued' | 'timer' | 'lease';

export function rescueKind({ status }: Branch): RescueKind {
  if (status === 'waiting') return 'timer';
  return status === 'running' ? 'lease' : 'queued';
}

export function branchRescued({ telemetry }: App, kind: RescueKind): void {
  if (telemetry.metering) telemetry.add(metrics.sweepAnnounced, 1, { kind });
}

/** Of a step that kept ending its workers; app/dead-letters tells of messages. */
export function deadLettered({ telemetry, logger }: App, branch: BranchIds): void {
  if (telemetry.metering) telemetry.add(metrics.deadLetters, 1, { reason: 'crashed' });
  logger.error('dead-letter', { ...idsOf(branch), reason: 'CRASHED', status: 'open' });
}

type BranchIds = { readonly org: string; readonly executionId: string; readonly id: string };

function idsOf({ org, executionId, id }: BranchIds) {
  return { organization: org, execution: executionId, branch: id };
}
