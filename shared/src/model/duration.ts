/**
 * Durations as people write them ("5m", "1h 30m", "2.5s") and as the engine keeps them: integer milliseconds. Parsed once, at the edge.
 */
import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

const durationPattern = /^\s*(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)\s*)+$|^\s*\d+\s*$/;

/** Milliseconds, or null when the text is no duration. Bare digits are milliseconds. */
export function parseDuration(text: string): number | null {
  if (text.length > 64 || !durationPattern.test(text)) return null;
  if (/^\s*\d+\s*$/.test(text)) return Number(text);
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/g)) {
    total += Number(amount) * (unitMs[unit ?? 'ms'] ?? 1);
  }
  return Math.round(total);
}

/** A param that takes milliseconds or a human duration and is milliseconds once parsed. */
export function durationMs(minMs: number, maxMs: number) {
  const bounded = z.int().min(minMs).max(maxMs);
  return z
    .union([
      bounded,
      z
        .string()
        .regex(durationPattern, 'is milliseconds or a duration such as "30s", "5m" or "1h 30m"')
        .transform((text) => parseDuration(text) ?? Number.NaN)
        .pipe(bounded),
    ])
    .meta({ 'x-hint': 'duration' });
}
