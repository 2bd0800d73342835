/** Arithmetic on usage. `Counts` is usage with its zeros: what is counted in place, without allocating for each operation. */
import type { Usage } from '../model/usage.ts';

const keys = ['w', 'd', 'r', 'n', 'p', 't', 'ba', 'bg', 'bb', 'k', 'i', 'c', 'm'] as const satisfies readonly (keyof Usage)[];

export type Counts = Record<(typeof keys)[number], number>;

export function newCounts(): Counts {
  return { w: 0, d: 0, r: 0, n: 0, p: 0, t: 0, ba: 0, bg: 0, bb: 0, k: 0, i: 0, c: 0, m: 0 };
}

/** Adds `usage` to `counts`, in place. */
export function addUsage(counts: Counts, usage: Usage | undefined): void {
  if (usage) for (const key of keys) counts[key] += usage[key] ?? 0;
}

/** Raises each count to that of `usage`, in place: both are lower bounds of one truth that only grows. */
export function raiseTo(counts: Counts, usage: Usage | undefined): void {
  if (usage) for (const key of keys) counts[key] = Math.max(counts[key], usage[key] ?? 0);
}

/** As it is stored: whole numbers, no zeros. */
export function toUsage(counts: Counts): Usage {
  const usage: Usage = {};
  for (const key of keys) if (counts[key] >= 0.5) usage[key] = Math.round(counts[key]);
  return usage;
}

export function sumUsage(parts: Iterable<Usage | undefined>): Counts {
  const counts = newCounts();
  for (const part of parts) addUsage(counts, part);
  return counts;
}
