/**
 * From an Authorization header to a principal; runs before anything of a body is read. Everything it needs is read anew, so that a
 * revoked session, a deleted key and a lowered role count with the next request.
 */
import { ApiKey } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { readMembership } from './create-session.ts';
import { isAtMost } from './permissions.ts';

export type Authenticated = {
  readonly principal: Principal;
  /** Long-lived connections end here; null = never. */
  readonly expiresAt: string | null;
};

const bearer = /^Bearer ([A-Za-z0-9._~+/-]{8,4096}=*)$/i;
const apiKeyPattern = /^aos_[A-Za-z0-9_]{20,200}$/;

/** `authorization` is the header's value, null when absent. Two headers arrive joined by a comma and are refused. */
export async function authenticate(app: App, identity: Identity, authorization: string | null): Promise<Authenticated> {
  if (authorization === null) throw unauthenticated('the Authorization header is missing.');
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated('the Authorization header is not "Bearer <token or API key>".');
  return token.startsWith('aos_') ? byApiKey(app, token) : bySession(app, identity, token);
}

async function byApiKey(app: App, key: string): Promise<Authenticated> {
  const invalid = unauthenticated('the API key is not valid.');
  if (!apiKeyPattern.test(key)) throw invalid;
  // looked up by digest: there is no comparison of secrets whose time could tell anything
  const holder = await app.store.get(paths.apiKeyDigest(apiKeyDigest(key)));
  const { org, id } = holder?.data ?? {};
  if (typeof org !== 'string' || typeof id !== 'string') throw invalid;
  const snapshot = await app.store.get(paths.apiKey(org, id));
  if (snapshot === null) throw invalid;
  const stored = ApiKey.parse(snapshot.data);
  if (stored.expiresAt !== null && fromInstant(stored.expiresAt) <= app.clock.now())
    throw unauthenticated('the API key has expired.');
  const maker = await readMembership(app, stored.createdBy);
  if (maker === null || maker.user.org !== org) throw invalid;
  // a key is never worth more than its maker is now
  const role = isAtMost(stored.role, maker.member.role) ? stored.role : maker.member.role;
  return { principal: { org, userId: stored.createdBy, role, via: 'api-key' }, expiresAt: stored.expiresAt };
}

export function apiKeyDigest(key: string): string {
  return digest('api-key', key);
}

async function bySession(app: App, identity: Identity, token: string): Promise<Authenticated> {
  const verified = await identity.verify(token);
  if (!verified.ok) throw unauthenticated('the session is not valid or has expired.');
  const membership = await readMembership(app, verified.userId);
  if (membership === null) throw unauthenticated('this account has no organization.');
  const { user, member } = membership;
  // tokens have whole seconds; one issued in the second of the change is younger than it
  if (fromInstant(verified.issuedAt) + 999 < fromInstant(user.sessionsValidFrom)) throw unauthenticated('the session was ended.');
  return { principal: { org: user.org, userId: user.id, role: member.role, via: 'session' }, expiresAt: verified.expiresAt };
}

function unauthenticated(reason: string): AppError {
  return new AppError('UNAUTHENTICATED', { reason });
}
