/** Whether a worker may take a branch, and as what it takes it. The claim itself is the first checkpoint, under the version read here. */
import type { Branch } from '@automateos/shared/model/branch';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { App } from '../app-context.ts';
import { turnedAt } from './branch-document.ts';

/** Embedded, the data folder has one owner: a lease that this process did not give is of a process that has ended. */
export function isLeased(app: App, branch: Branch): boolean {
  if (!branch.claim) return false;
  if (app.settings.plantedBug === 'lease-never-ends') return true;
  const { soleOwner } = app.settings;
  if (soleOwner !== null && !branch.claim.id.startsWith(soleOwner)) return false;
  return Date.parse(branch.claim.leaseUntil) > app.clock.now();
}

export function newClaimId(app: App): string {
  return `${app.settings.soleOwner ?? ''}${app.ids.make('clm')}`;
}

/** The branch as its new holder sees it; null when there is nothing to do, or somebody does it. */
export function claimable(app: App, branch: Branch, execution: Execution): Branch | null {
  const isStop = branch.stopState !== null || branch.at?.node === '$stop';
  if (isTerminal(execution.status)) return null;
  if (!isStop && (execution.paused || execution.status === 'queued')) return null;
  const taken: Branch = { ...branch, status: 'running', hold: false };
  const woken = (): Branch => ({ ...taken, turned: turnedAt(branch, app.clock.now()) });
  switch (branch.status) {
    case 'queued':
      return taken;
    case 'waiting': {
      if (branch.wait?.kind === 'stop') return woken();
      const wakeAt = branch.wait?.wakeAt;
      return wakeAt && Date.parse(wakeAt) <= app.clock.now() ? woken() : null;
    }
    case 'running':
      if (isLeased(app, branch)) return null;
      return { ...taken, crashes: branch.crashes + (app.settings.plantedBug === 'crashes-not-counted' ? 0 : 1) };
    case 'ended':
    case 'failed':
    case 'stopped':
    case 'rolled':
      return null;
  }
}
