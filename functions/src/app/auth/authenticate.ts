/**
 * From an Authorization header to a principal; runs before anything of a body is read. Everything it needs is read anew, so that a
 * revoked session, a deleted key and a lowered role count with the next request.
 */
import { ApiKey, User } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';
import { chooseOrganization, parseSelection, readBelonging } from './choose-organization.ts';
import { isAtMost } from './permissions.ts';

/** What of a request tells who asks. */
export type Caller = {
  /** The header's value, null when absent. Two headers arrive joined by a comma and are refused. */
  readonly authorization: string | null;
  /** Of X-Organization-Id, null when absent. */
  readonly organization: string | null;
  readonly clientAddress: string;
  readonly requestId: string;
};

/** A person who is signed in, whatever they are a member of. */
export type Account = {
  readonly user: User;
  /** null where sessions are not kept by us. */
  readonly sessionId: string | null;
  readonly expiresAt: string;
  readonly from: { readonly address: string; readonly requestId: string };
};

export type Authenticated = {
  readonly principal: Principal;
  /** Long-lived connections end here; null = never. */
  readonly expiresAt: string | null;
};

const bearer = /^Bearer ([A-Za-z0-9._~+/-]{8,4096}=*)$/i;
const apiKeyPattern = /^aos_[A-Za-z0-9_]{20,200}$/;

/** Throws UNAUTHENTICATED, and for the organization MALFORMED_REQUEST, ORGANIZATION_REQUIRED, NOT_FOUND. */
export async function authenticate(app: App, identity: Identity, caller: Caller): Promise<Authenticated> {
  const token = tokenOf(caller);
  if (isApiKey(token)) return byApiKey(app, token, caller);
  const account = await bySession(app, identity, token, caller);
  const { member, organization } = await chooseOrganization(app, account.user, caller.organization);
  const principal = { org: organization.id, userId: account.user.id, role: member.role, from: account.from };
  return { principal: { ...principal, via: 'session' }, expiresAt: account.expiresAt };
}

/** For what is a person's own and no organization's. Throws UNAUTHENTICATED, FORBIDDEN for API keys. */
export async function authenticateAccount(app: App, identity: Identity, caller: Caller): Promise<Account> {
  const token = tokenOf(caller);
  if (!isApiKey(token)) return bySession(app, identity, token, caller);
  const { principal } = await byApiKey(app, token, caller);
  throw new AppError('FORBIDDEN', { role: principal.role, action: 'do this with an API key: sign in' });
}

function tokenOf({ authorization }: Caller): string {
  if (authorization === null) throw unauthenticated('the Authorization header is missing.');
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined) throw unauthenticated('the Authorization header is not "Bearer <token or API key>".');
  return token;
}

const isApiKey = (token: string): boolean => token.startsWith('aos_');

async function byApiKey(app: App, key: string, caller: Caller): Promise<Authenticated> {
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
  const maker = await readBelonging(app, org, stored.createdBy);
  if (maker === null) throw invalid;
  const selected = parseSelection(caller.organization);
  if (selected !== null && selected !== org) throw new AppError('NOT_FOUND', { what: 'organization', id: selected });
  // a key is never worth more than its maker is now
  const role = isAtMost(stored.role, maker.member.role) ? stored.role : maker.member.role;
  const limits = stored.scopes === undefined ? {} : { scopes: stored.scopes };
  const principal = { org, userId: stored.createdBy, role, keyId: id, from: fromOf(caller), ...limits };
  return { principal: { ...principal, via: 'api-key' }, expiresAt: stored.expiresAt };
}

export function apiKeyDigest(key: string): string {
  return digest('api-key', key);
}

async function bySession(app: App, identity: Identity, token: string, caller: Caller): Promise<Account> {
  const verified = await identity.verify(token);
  if (!verified.ok) throw unauthenticated('the session is not valid or has expired.');
  const snapshot = await app.store.get(paths.user(verified.userId));
  if (snapshot === null) throw unauthenticated('this account has no organization.');
  const user = User.parse(snapshot.data);
  // tokens have whole seconds; one issued in the second of the change is younger than it
  if (fromInstant(verified.issuedAt) + 999 < fromInstant(user.sessionsValidFrom)) throw unauthenticated('the session was ended.');
  return { user, sessionId: null, expiresAt: verified.expiresAt, from: fromOf(caller) };
}

function fromOf({ clientAddress, requestId }: Caller): { readonly address: string; readonly requestId: string } {
  return { address: clientAddress, requestId };
}

function unauthenticated(reason: string): AppError {
  return new AppError('UNAUTHENTICATED', { reason });
}
