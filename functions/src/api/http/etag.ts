/**
 * ETags, all strong: a revision number in quotes, with what else the representation depends on behind it (`"3"`, `"3.2"` for version 3 with
 * version 2 active, `"3-yaml"`), or a document's own version. If-Match guards writes, If-None-Match spares the answer.
 */
import { AppError } from '@automateos/shared/model/app-error';

export function etagOf(revision: number, variant = ''): string {
  return `"${revision}${variant}"`;
}

/** Of a document whose only revision is the store's: any other write changes it, too. */
export function documentEtag(version: string): string {
  return `"d${Buffer.from(version).toString('base64url')}"`;
}

/** If-Match compares strongly (RFC 9110): a weak ETag is no revision that anything has. */
const neverMatches = -1;

/** undefined without a condition (no header, or `*`). Throws MALFORMED_REQUEST for what is no ETag of ours. */
export function ifMatch(header: string | null): number | undefined {
  const tag = oneTag(header);
  if (tag === undefined || tag === null) return tag === null ? neverMatches : undefined;
  const revision = /^(\d{1,9})(\.\d{1,9})?(-yaml)?$/.exec(tag)?.[1];
  if (revision === undefined) throw malformed();
  return Number(revision);
}

/** The same for documents of `documentEtag`: the version that the document must still have. */
export function ifMatchVersion(header: string | null): string | undefined {
  const tag = oneTag(header);
  if (tag === undefined) return undefined;
  return tag?.startsWith('d') === true ? Buffer.from(tag.slice(1), 'base64url').toString() : '';
}

/** What stands in the quotes; null for a weak one. */
function oneTag(header: string | null): string | null | undefined {
  if (header === null || header.trim() === '*') return undefined;
  if (/^W\/"[^"]*"$/.test(header.trim())) return null;
  const tag = /^"?([\w.-]{1,200})"?$/.exec(header.trim())?.[1];
  if (tag === undefined) throw malformed();
  return tag;
}

function malformed(): AppError {
  return new AppError('MALFORMED_REQUEST', { reason: 'If-Match must be the ETag of the last answer.' });
}

/** If-None-Match compares weakly, and may name several. */
export function hasMatch(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(',').some((part) => part.trim() === '*' || part.trim().replace(/^W\//, '') === etag);
}
