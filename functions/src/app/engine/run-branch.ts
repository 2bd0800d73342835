/**
 * What a worker does with a message. The message is a hint: the store says whether the branch is due, and a second or late delivery
 * finds nothing to do. Resolves when the branch has ended, waits, or is in other hands; the message is acknowledged then.
 */
import { Branch, Step } from '@automateos/shared/model/branch';
import { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { BranchRef } from '@automateos/shared/ports/queue';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { type Meter, startMeter } from '../cost/meter.ts';
import { meterPorts } from '../cost/meter-ports.ts';
import { carriesDelivery, carryDelivery } from '../outgoing-webhooks/carry-delivery.ts';
import { knownEndpoints } from '../outgoing-webhooks/read-endpoints.ts';
import { branchClaimed, branchTakenOver } from '../telemetry/branch-events.ts';
import { checkpoint } from './checkpoint.ts';
import { claimable, newClaimId } from './claim.ts';
import { drive } from './drive.ts';
import { lacksTypes, leaveForLater } from './missing-types.ts';
import { findPlan } from './plan-of.ts';
import { createRun } from './run.ts';

/** `invokedBy`: traceparent of the function invocation that carries the message; absent where there is none. */
export async function runBranch(app: App, ref: BranchRef, invokedBy?: string): Promise<void> {
  if (carriesDelivery(ref)) return carryDelivery(app, ref);
  await knownEndpoints(app, ref.org); // for the end of the execution, and not for it to pay: the answer serves everybody for a minute
  const meter = startMeter(app.compute);
  try {
    await runMetered(meterPorts(app, meter.counts), meter, ref, invokedBy);
  } finally {
    meter.share.leave();
  }
}

async function runMetered(app: App, meter: Meter, ref: BranchRef, invokedBy: string | undefined): Promise<void> {
  const { org, executionId, branchId } = ref;
  const [branchAt, executionAt] = await app.store.getAll([
    paths.branch(org, executionId, branchId),
    paths.execution(org, executionId),
  ]);
  if (!branchAt || !executionAt) return;
  const stored = Branch.parse(branchAt.data);
  const execution = Execution.parse(executionAt.data);
  const branch = claimable(app, stored, execution);
  if (!branch) return;
  const plan = await findPlan(app, execution);
  if (!plan) {
    app.logger.error('plan-missing', { execution: executionId, version: execution.version });
    return;
  }
  if (lacksTypes(plan, branch)) return leaveForLater(app, plan, stored, branchAt.version);
  const run = createRun({
    app,
    meter,
    plan,
    claimId: newClaimId(app),
    execution,
    executionVersion: executionAt.version,
    branch,
    version: branchAt.version,
    seeds: await loadSeeds(app, execution),
    origin: { announcedBy: ref.trace, invokedBy },
  });
  branchClaimed(app, stored);
  if (branch.crashes > stored.crashes) {
    // Taken over: the crash is counted before anything runs that may crash again.
    if ((await checkpoint(run, { branch })) !== 'ok') return;
    branchTakenOver(app, branch);
  }
  await drive(run);
}

export const Seeds = z.object({ steps: z.array(Step) });

/** Steps that a fork took over from the execution it was forked from. */
export async function loadSeeds(app: App, execution: Execution): Promise<ReadonlyMap<string, Step>> {
  if (execution.seeds === 0) return new Map();
  const all = Array.from({ length: execution.seeds }, (_, index) => paths.seed(execution.org, execution.id, index));
  const found = await app.store.getAll(all);
  const steps = found.flatMap((snapshot) => (snapshot ? Seeds.parse(snapshot.data).steps : []));
  return new Map(steps.map((step) => [step.node, step]));
}
