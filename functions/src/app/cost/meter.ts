/**
 * Counts what one worker uses for the branch in its hands. The totals are absolute: what the branch had used when it was claimed, and
 * everything since; so a commit stores the total with itself included, and one that did not land leaves nothing to take back.
 */
import { addUsage, type Counts, newCounts, raiseTo, toUsage } from '@automateos/shared/cost/usage-counts';
import type { Usage } from '@automateos/shared/model/usage';
import type { ComputeMeter, ComputeShare } from '@automateos/shared/ports/compute-meter';

export type Meter = { readonly counts: Counts; readonly compute: ComputeMeter; readonly share: ComputeShare };

/** What is known of a commit, and of what follows it, before it is sent. */
export type Ahead = {
  readonly writes: number;
  readonly created: number;
  /** Messages and timers that follow it. */
  readonly publishes: number;
  readonly tasks: number;
  /** This worker is done with it: its last moments, which it cannot store any more, are taken from experience. */
  readonly last: boolean;
};

/** A request begins: it is counted, and instance time runs until `meter.share.leave()`. */
export function startMeter(compute: ComputeMeter): Meter {
  const counts = newCounts();
  counts.i = 1;
  return { counts, compute, share: compute.enter() };
}

/** The document in hand is one that has used this already. */
export function meterClaim({ counts }: Meter, usage: Usage | undefined): void {
  addUsage(counts, usage);
}

/** The next document in the same hands. */
export function meterNext({ counts }: Meter, usage: Usage | undefined): void {
  Object.assign(counts, newCounts());
  addUsage(counts, usage);
}

/** A commit has landed without our seeing it: what it stored is true, and so is what was counted since. */
export function meterAtLeast({ counts }: Meter, usage: Usage | undefined): void {
  raiseTo(counts, usage);
}

/** Takes the instance time since it was last taken. Answers it in microseconds of one vCPU. */
export function meterLap(meter: Meter): number {
  return addTime(meter, meter.counts, meter.share.takeUs());
}

/** The total as the commit itself will store it. */
export function usageAhead(meter: Meter, ahead: Ahead): Usage {
  meterLap(meter);
  const counts = { ...meter.counts };
  counts.w += ahead.writes;
  counts.n += ahead.created;
  counts.p += ahead.publishes;
  counts.t += ahead.tasks;
  if (ahead.last) addTime(meter, counts, meter.share.tailUs());
  return toUsage(counts);
}

function addTime({ compute }: Meter, counts: Counts, instanceUs: number): number {
  const vcpuUs = instanceUs * compute.vcpus;
  counts.c += vcpuUs;
  counts.m += (instanceUs * compute.memoryMib) / 1_000;
  return vcpuUs;
}
