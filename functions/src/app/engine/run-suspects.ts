/**
 * The end of a process implicates every branch that it worked on, and one of them may be the reason. Branches that were taken over once
 * already without getting any further are suspects: after a restart they run one at a time, so that the one that ends the process is
 * counted alone and fails as CRASHED alone, and those that merely stood beside it get on.
 */
import type { Branch } from '@automateos/shared/model/branch';
import type { BranchRef } from '@automateos/shared/ports/queue';
import type { App } from '../app-context.ts';
import { runBranch } from './run-branch.ts';

/** A suspect that has run for so long does not end the process at once, and the next one need not wait for it. */
const patienceMs = 30_000;
const placeMs = 50;

export function isSuspect(branch: Branch): boolean {
  return branch.status === 'running' && branch.crashes > 0;
}

/** In another order each time, so that no suspect is always the first. */
export async function runSuspects(app: App, suspects: readonly BranchRef[]): Promise<void> {
  const order = suspects.map((ref) => ({ ref, at: app.ids.random() })).sort((a, b) => a.at - b.at);
  for (const { ref } of order) {
    const leave = await enter(app);
    if (leave === null) return;
    const patience = new AbortController();
    const run = runBranch(app, ref)
      .catch((error: unknown) => {
        app.logger.error('branch-failed', { execution: ref.executionId, branch: ref.branchId }, error);
      })
      .finally(leave);
    const waited = app.clock.sleep(patienceMs, patience.signal).catch(() => {}); // aborted: the suspect was done first
    await Promise.race([run, waited]);
    patience.abort();
  }
}

/** A place among the workers; null once the process is about to end. */
async function enter(app: App): Promise<(() => void) | null> {
  while (!app.settings.draining()) {
    const leave = app.workers.enter();
    if (leave) return leave;
    await app.clock.sleep(placeMs);
  }
  return null;
}
