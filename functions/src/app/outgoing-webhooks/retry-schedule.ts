/**
 * When a delivery is tried: at once, then as Standard Webhooks suggests (https://www.standardwebhooks.com), over three days in all. A tenth is
 * added at random, so that what an outage has held up does not come back at one instant.
 */
const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Pauses before the second try, the third, and so on. */
const pausesMs: readonly number[] = [
  5 * second,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
];

export const mostTries = pausesMs.length + 1;

const longestRetryAfterMs = 24 * hour;

/** null after the last try. A receiver that asks for more time (Retry-After) gets it, within a day. */
export function pauseMs(tries: number, random: number, retryAfterMs: number | null): number | null {
  const pause = pausesMs[tries - 1];
  if (pause === undefined) return null;
  return Math.max(Math.round(pause * (1 + random / 10)), Math.min(retryAfterMs ?? 0, longestRetryAfterMs));
}
