/**
 * A worker's time is bounded where a platform ends its request (settings.workMs). It hands its branch back before that, and starts no step
 * that might not end in what is left; a worker that has only just begun gives a step all that there is.
 */
import type { Run } from './run.ts';

/** Of a worker's time: with so much left it counts as fresh, and handing the branch back would win nothing. */
const freshShare = 0.9;

/** True when what takes `neededMs` may not end in time, and the next worker would have more of it. */
export function isTooLate(run: Run, neededMs: number): boolean {
  const { workMs } = run.app.settings;
  if (run.until === null || workMs === null) return false;
  return run.until - run.app.clock.now() < Math.min(Math.max(neededMs, 1), workMs * freshShare);
}

/** How long a step may take that asks for `askedMs`. */
export function stepTimeoutMs(run: Run, askedMs: number): number {
  return run.until === null ? askedMs : Math.min(askedMs, Math.max(run.until - run.app.clock.now(), 1));
}
