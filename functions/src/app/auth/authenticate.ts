/**
 * From an Authorization header to a principal; runs before anything of a body is read. A revoked session, a deleted key and a
 * lowered role count with the next request, or where several processes serve, within the time of cache/access-reads.ts.
 */
import { ApiKey, SignInSession, User } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal, Role } from '@automateos/shared/model/principal';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { Identity, VerifiedToken } from '@automateos/shared/ports/identity';
import { noteUse } from '../api-keys/note-use.ts';
import type { App } from '../app-context.ts';
import { readerOf } from '../cache/reader-of.ts';
import { verifyToken } from '../cache/verified-tokens.ts';
import { digest } from '../digest.ts';
import type { Account } from './account.ts';
import { chooseOrganization, parseSelection, readBelonging } from './choose-organization.ts';
import { isAtMost } from './permissions.ts';
import { principalIn } from './principal-in.ts';

/** What of a request tells who asks. */
export type Caller = {
  /** The header's value, null when absent. Two headers arrive joined by a comma and are refused. */
  readonly authorization: string | null;
  /** Of X-Organization-Id, null when absent. */
  readonly organization: string | null;
  readonly clientAddress: string;
  readonly requestId: string;
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
  const reader = readerOf(app);
  if (isApiKey(token)) return byApiKey(reader, token, caller);
  const account = await bySession(reader, identity, token, caller);
  const belonging = await chooseOrganization(reader, account.user, caller.organization);
  return { principal: principalIn(account, belonging), expiresAt: account.expiresAt };
}

/** For what is a person's own and no organization's. Throws UNAUTHENTICATED, FORBIDDEN for API keys. */
export async function authenticateAccount(app: App, identity: Identity, caller: Caller): Promise<Account> {
  const token = tokenOf(caller);
  if (!isApiKey(token)) return bySession(readerOf(app), identity, token, caller);
  const { principal } = await byApiKey(readerOf(app), token, caller);
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
  // made only when it is thrown: an error looks at the stack
  const invalid = () => unauthenticated('the API key is not valid.');
  if (!apiKeyPattern.test(key)) throw invalid();
  // looked up by digest: there is no comparison of secrets whose time could tell anything
  const holder = await app.store.get(paths.apiKeyDigest(apiKeyDigest(key)));
  const { org, id } = holder?.data ?? {};
  if (typeof org !== 'string' || typeof id !== 'string') throw invalid();
  const snapshot = await app.store.get(paths.apiKey(org, id));
  if (snapshot === null) throw invalid();
  const stored = ApiKey.parse(snapshot.data);
  if (stored.expiresAt !== null && fromInstant(stored.expiresAt) <= app.clock.now())
    throw unauthenticated('the API key has expired.');
  const role = await roleOfKey(app, stored);
  if (role === null) throw invalid();
  const selected = parseSelection(caller.organization);
  if (selected !== null && selected !== org) throw new AppError('NOT_FOUND', { what: 'organization', id: selected });
  noteUse(app, org, id);
  const userId = stored.kind === 'service' ? id : stored.createdBy;
  const limits = stored.scopes === undefined ? {} : { scopes: stored.scopes };
  const principal: Principal = { org, userId, role, via: 'api-key', keyId: id, from: fromOf(caller), ...limits };
  return { principal, expiresAt: stored.expiresAt };
}

/**
 * A person's key is never worth more than the person is now, and nothing once they have gone: not even when they come back. A service
 * account's has the role it was made with, as long as there is the organization.
 */
async function roleOfKey(app: App, { org, role, kind, createdBy, createdAt }: ApiKey): Promise<Role | null> {
  if (kind === 'service') return (await app.store.get(paths.organization(org))) === null ? null : role;
  const maker = await readBelonging(app, org, createdBy);
  if (maker === null || fromInstant(createdAt) < fromInstant(maker.member.since)) return null;
  return isAtMost(role, maker.member.role) ? role : maker.member.role;
}

export function apiKeyDigest(key: string): string {
  return digest('api-key', key);
}

async function bySession(app: App, identity: Identity, token: string, caller: Caller): Promise<Account> {
  const verified = await verifyToken(app, identity, token);
  if (!verified.ok) throw unauthenticated('the session is not valid or has expired.');
  const { userId, sessionId } = verified;
  const kept = sessionId === null ? [] : [paths.session(userId, sessionId)];
  const [account, session] = await app.store.getAll([paths.user(userId), ...kept]);
  if (!account) throw unauthenticated('this account has no organization.');
  const user = User.parse(account.data);
  if (!isInForce(user, verified, session ?? null)) throw unauthenticated('the session was ended.');
  return { user, sessionId, expiresAt: verified.expiresAt, from: fromOf(caller) };
}

type Verified = Extract<VerifiedToken, { ok: true }>;

/** By the session's document where we keep it, else by the second in which the token was issued. */
function isInForce(user: User, { sessionId, issuedAt }: Verified, session: Snapshot | null): boolean {
  const validFrom = fromInstant(user.sessionsValidFrom);
  // tokens have whole seconds; one issued in the second of the change is younger than it
  if (sessionId === null) return fromInstant(issuedAt) + 999 >= validFrom;
  return session !== null && fromInstant(SignInSession.parse(session.data).createdAt) >= validFrom;
}

function fromOf({ clientAddress, requestId }: Caller): { readonly address: string; readonly requestId: string } {
  return { address: clientAddress, requestId };
}

function unauthenticated(reason: string): AppError {
  return new AppError('UNAUTHENTICATED', { reason });
}
