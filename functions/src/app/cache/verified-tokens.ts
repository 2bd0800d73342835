/**
 * Session tokens that were found good a moment ago: their signature is not computed, and the sign-in service not asked, for every request.
 * Whether the session was ended since is not kept here: authenticate reads that. What cannot be read there (an account that was disabled at
 * the sign-in service, a signing key taken away) counts after half a minute.
 */
import { fromInstant } from '@automateos/shared/model/instant';
import type { Identity, VerifiedToken } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { type BoundedCache, createBoundedCache } from './bounded-cache.ts';

type Good = Extract<VerifiedToken, { ok: true }>;

const ttlMs = 30_000;
const caches = new WeakMap<Identity, BoundedCache<Good>>();

export function tokensOf(identity: Identity, now: () => number): BoundedCache<Good> {
  const cache = caches.get(identity) ?? createBoundedCache<Good>({ max: 10_000, ttlMs, now });
  caches.set(identity, cache);
  return cache;
}

/** Refusals are never kept; nor is the token itself, only its digest. */
export async function verifyToken({ clock }: App, identity: Identity, token: string): Promise<VerifiedToken> {
  const cache = tokensOf(identity, clock.now);
  const key = digest('session-token', token);
  const known = cache.get(key);
  if (known !== undefined && fromInstant(known.expiresAt) > clock.now()) return known;
  const verified = await identity.verify(token);
  if (verified.ok) cache.set(key, verified);
  return verified;
}
