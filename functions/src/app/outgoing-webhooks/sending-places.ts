/**
 * How many deliveries of an organization a process sends at a time. A receiver that does not answer holds a worker for as long as a try may
 * take, and workers are there for runs.
 */
import type { App } from '../app-context.ts';
import type { PlanCache } from '../engine/plan-cache.ts';

const mostAtOnce = 16;

/** By process (its plan cache is its own) and organization. */
const takenOf = new WeakMap<PlanCache, Map<string, number>>();

/** Gives the place back; null when all are taken. */
export function takePlace(app: App, org: string): (() => void) | null {
  const taken = takenOf.get(app.plans) ?? new Map<string, number>();
  takenOf.set(app.plans, taken);
  const count = taken.get(org) ?? 0;
  if (count >= mostAtOnce) return null;
  taken.set(org, count + 1);
  return () => {
    const left = (taken.get(org) ?? 1) - 1;
    if (left > 0) taken.set(org, left);
    else taken.delete(org);
  };
}
