/**
 * ETags, all strong: a revision number in quotes, with what else the representation depends on behind it (`"3"`, `"3.2"` for version 3 with
 * version 2 active, `"3-yaml"`), or a digest of the content. If-Match guards writes, If-None-Match spares the answer.
 */
import { createHash } from 'node:crypto';
import { AppError } from '@automateos/shared/model/app-error';
import type { Expected } from '../../app/require-unchanged.ts';

export function etagOf(revision: number, variant = ''): string {
  return `"${revision}${variant}"`;
}

/**
 * Of what has no number of its own: a digest of what its readers see. `moving` is what they see, too, and changes by itself (what was used, or
 * spent): it makes another ETag, and no writer is held to it.
 */
export function contentEtag(view: object, moving?: object): string {
  return `"c${digestOf(view)}${moving === undefined ? '' : `.${digestOf(moving)}`}"`;
}

function digestOf(view: object): string {
  return createHash('sha256').update(JSON.stringify(view)).digest('base64url').slice(0, 27);
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

/** The same for ETags of content: whether what is there now looks to `present` as it did to the writer. */
export function ifMatchContent<T>(header: string | null, present: (current: T) => object): Expected<T> {
  const tag = oneTag(header);
  const [held] = tag?.split('.') ?? [];
  return tag === undefined ? undefined : (current) => contentEtag(present(current)) === `"${held}"`;
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

/** Of routes that read, and of those that write, for the OpenAPI document. */
export const unchanged = { 'If-None-Match': 'ETags that you have: where one is still right the answer is 304, without a body' };
export const unchangedAnswer = { 304: { description: 'As you have it already' } };
export const conditional = { 'If-Match': 'ETag of the last answer: refused when it was changed since' };
