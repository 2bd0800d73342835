/**
 * Hints to workers. What was committed is due whether or not anybody is told: a hint that cannot be handed over costs time until the sweep
 * finds the branch, and must never look like a failure of the commit it follows.
 */
import type { Pool } from '@automateos/shared/model/node-manifest';
import type { BranchRef } from '@automateos/shared/ports/queue';
import type { App } from '../app-context.ts';
import { metrics } from '../telemetry/metric-names.ts';

export async function announce(app: App, pool: Pool, refs: readonly BranchRef[]): Promise<void> {
  await hint(app, refs, () => app.queue.publish(pool, traced(app, refs)));
}

export async function announceAt(app: App, pool: Pool, ref: BranchRef, atEpochMs: number): Promise<void> {
  const [marked = ref] = traced(app, [ref]);
  await hint(app, [ref], () => app.timers.wakeAt(pool, marked, atEpochMs));
}

/** Whose hint it is goes along, for the span of whoever takes the branch. */
function traced({ telemetry }: App, refs: readonly BranchRef[]): readonly BranchRef[] {
  const trace = telemetry.current();
  return trace === undefined ? refs : refs.map((ref) => ({ ...ref, trace }));
}

async function hint(app: App, refs: readonly BranchRef[], give: () => Promise<void>): Promise<void> {
  try {
    await give();
  } catch (error) {
    const [first] = refs;
    if (app.telemetry.metering) app.telemetry.add(metrics.hintsFailed, refs.length);
    app.logger.warn('hint-failed', {
      organization: first?.org,
      execution: first?.executionId,
      branch: first?.branchId,
      hints: refs.length,
      reason: String(error),
    });
  }
}
