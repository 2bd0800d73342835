/** ETags are revision numbers in quotes. */
import { AppError } from '@automateos/shared/model/app-error';

export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** If-Match compares strongly (RFC 9110): a weak ETag is no revision that anything has. */
const neverMatches = -1;

/** undefined without a condition (no header, or `*`). Throws MALFORMED_REQUEST for what is no ETag of ours. */
export function ifMatch(header: string | null): number | undefined {
  if (header === null || header.trim() === '*') return undefined;
  if (/^W\/"[^"]*"$/.test(header.trim())) return neverMatches;
  const revision = /^"?(\d{1,9})"?$/.exec(header.trim())?.[1];
  if (revision === undefined)
    throw new AppError('MALFORMED_REQUEST', { reason: 'If-Match must be the ETag of the last answer.' });
  return Number(revision);
}
