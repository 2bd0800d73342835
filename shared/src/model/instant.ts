/** Instants are ISO-8601 UTC strings with milliseconds ("2026-01-31T12:00:00.000Z"), so that text order is time order. */
export type Instant = string;

export function toInstant(epochMs: number): Instant {
  return new Date(epochMs).toISOString();
}

export function fromInstant(instant: Instant): number {
  return Date.parse(instant);
}
