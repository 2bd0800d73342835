/** How branches become documents: new ones, and the fields that follow from a status (lease, due time). */
import { dueAt, leaseEnd } from '@automateos/shared/engine/due';
import type { Plan } from '@automateos/shared/engine/plan';
import type { NewBranch } from '@automateos/shared/engine/route';
import type { Branch } from '@automateos/shared/model/branch';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { changedAt } from './changed-at.ts';

/** A queued branch that no worker took is announced again after this, then after twice as long, and so on. */
export const announceMs = 60_000;

export type BranchOwner = { readonly org: string; readonly executionId: string };

export function newBranch(owner: BranchOwner, created: NewBranch, plan: Plan | null, now: number): Branch {
  const node = plan?.nodes.get(created.at.node);
  return {
    id: created.id,
    org: owner.org,
    executionId: owner.executionId,
    scope: created.scope,
    first: created.first,
    k: 0,
    status: 'queued',
    rev: 0,
    pool: node && node.effect === 'effect' ? node.pool : 'branches',
    at: created.at,
    claim: null,
    crashes: 0,
    due: dueAt(dueKey(owner.executionId, created.id), now + announceMs),
    announced: 0,
    steps: [...created.steps],
    local: {},
    lane: created.lane,
    wait: null,
    answer: null,
    stop: null,
    hold: false,
    stopState: null,
    createdAt: toInstant(now),
  };
}

/** For a branch that begins to wait, or waits no more: from one such turn to the next its instant grows. */
export function turnedAt(branch: Branch, now: number): string {
  const prefix = turnedPrefix(branch.org);
  return `${prefix}${changedAt(now, branch.turned?.slice(prefix.length))}`;
}

/** In `turned`, so that one index, across executions, has each organization's turns in their order. */
export const turnedPrefix = (org: string): string => `${org}/`;

export type Stamp = {
  readonly claimId: string;
  readonly n: number;
  readonly now: number;
  /** How long the step that comes next may take. */
  readonly stepMs: number;
};

/** The branch as the next commit writes it: one revision on, with its claim token, lease and due time. */
export function stampBranch(branch: Branch, stamp: Stamp): Branch {
  const { claimId, n, now } = stamp;
  // A lease that was taken over without progress is twice as long as the last: a slow step is not a crash.
  const lease = leaseEnd(now, stamp.stepMs * 2 ** Math.min(branch.crashes, 3));
  const leaseUntil = toInstant(branch.status === 'running' ? lease : now);
  const turned = branch.status === 'waiting' ? { turned: turnedAt(branch, now) } : {};
  const claim = { id: claimId, n, leaseUntil };
  return { ...branch, ...turned, rev: branch.rev + 1, announced: 0, claim, due: dueOf(branch, now, lease) };
}

function dueOf(branch: Branch, now: number, lease: number): string | null {
  const key = dueKey(branch.executionId, branch.id);
  switch (branch.status) {
    case 'running':
      return dueAt(key, lease);
    case 'queued':
      return dueAt(key, now + announceMs);
    case 'waiting':
      return branch.wait?.wakeAt ? dueAt(key, fromInstant(branch.wait.wakeAt)) : null;
    case 'ended':
    case 'failed':
    case 'stopped':
    case 'rolled':
      return null;
  }
}

export function dueKey(executionId: string, branchId: string): string {
  return `${executionId}/${branchId}`;
}

/** Id of the chain's first part. */
export function baseId(branchId: string): string {
  const tilde = branchId.indexOf('~');
  return tilde < 0 ? branchId : branchId.slice(0, tilde);
}
