/** An instant as an option gives it: ISO 8601, or how long ago (`2h`, `7d`). Undefined stays undefined. */
import { parseDuration } from '@automateos/shared/model/duration';
import { usageError } from '../cli-error.ts';

export function instantOption(text: string | undefined, option: string, nowMs: number): string | undefined {
  if (text === undefined) return undefined;
  const ago = /[a-z]/.test(text) ? parseDuration(text) : null;
  if (ago !== null) return new Date(nowMs - ago).toISOString();
  const at = /^\d{4}-/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw usageError(`${option} takes an instant (2026-01-31T08:00:00Z) or how long ago (2h, 7d), not ${JSON.stringify(text)}.`);
  return new Date(at).toISOString();
}
