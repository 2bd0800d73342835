/** Comparisons of secrets that take the same time wherever the first difference is. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { sealedSecretPrefix, secretPlaceholder } from '@automateos/shared/model/webhook-auth';

/** Of any length: digests are compared, so that not even the lengths show. */
export function sameBytes(given: Uint8Array, expected: Uint8Array): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

/**
 * A secret that proves something: text with at least one visible character, and not what stands in the place of one. Anything else must
 * refuse, never match.
 */
export function usableSecret(secret: unknown): secret is string {
  if (typeof secret !== 'string' || secret === secretPlaceholder || secret.startsWith(sealedSecretPrefix)) return false;
  return secret.trim() !== '';
}

/** A header's text as the bytes that came over the wire; null for what cannot have come over it. */
export function headerBytes(text: string): Buffer | null {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0xff) return null;
  return Buffer.from(text, 'latin1');
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
