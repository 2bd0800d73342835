/** Instants are ISO-8601 UTC strings with milliseconds ("2026-01-31T12:00:00.000Z"), so that text order is time order. */
export type Instant = string;

/** The last one is kept: a worker asks many times within a millisecond. */
let last: { readonly epochMs: number; readonly instant: Instant } = { epochMs: 0, instant: new Date(0).toISOString() };

export function toInstant(epochMs: number): Instant {
  if (epochMs !== last.epochMs) last = { epochMs, instant: new Date(epochMs).toISOString() };
  return last.instant;
}

export function fromInstant(instant: Instant): number {
  return Date.parse(instant);
}
