/**
 * OAuth 2.0 authorization code with PKCE (RFC 6749, 7636, 9700). The address to open is made here; the person comes back to the one
 * redirect address of this server, which nothing in a request can change. The state that ties the two together is 256 random bits, of which only a
 * digest is stored, good for one use within ten minutes, and bound to organization, person, credential and the credential's content.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { Role } from '@automateos/shared/model/principal';
import * as oauth from 'oauth4webapi';
import { z } from 'zod';
import type { App } from '../../app-context.ts';
import { auditWrite } from '../../audit/audit-entry.ts';
import { mayDo, requirePermission } from '../../auth/permissions.ts';
import { digest } from '../../digest.ts';
import { asDocument } from '../../engine/as-document.ts';
import { Credential, readCredential } from '../credential.ts';
import { credentialTypesOf } from '../credential-types.ts';
import { openData } from '../open-credential.ts';
import { fieldOf } from '../request-parts.ts';
import { sealGrant } from './fresh-tokens.ts';
import { requestTokens } from './token-endpoint.ts';

const stateMs = 600_000;
const callbackPath = '/v1/oauth/callback';

export const OAuthState = z.object({
  org: z.string(),
  userId: z.string(),
  credentialId: z.string(),
  /** Of the credential's data: what was authorized is what is there. */
  revision: z.int(),
  /** PKCE, sealed. */
  verifier: z.string(),
  redirectUri: z.string(),
  expiresAt: z.string(),
});
export type OAuthState = z.infer<typeof OAuthState>;

/** Throws NOT_FOUND, FORBIDDEN, INVALID_PARAMS (a kind that nobody authorizes). */
export async function authorizeCredential(
  app: App,
  principal: Principal,
  id: string,
): Promise<{ readonly url: string; readonly expiresAt: string }> {
  requirePermission(principal, 'credentials.write');
  const { org, userId } = principal;
  const { credential, row } = await readCredential(app, org, id);
  if (credentialTypesOf(app.nodeTypes).get(credential.kind)?.grant !== 'authorization-code')
    throw new AppError('INVALID_PARAMS', { reason: `Credentials of kind ${credential.kind} are not authorized by a person.` });
  const data = await openData(app, row.path, credential);
  const state = randomText(app);
  const verifier = randomText(app);
  const redirectUri = `${app.settings.publicUrl}${callbackPath}`;
  const key = stateKey(state);
  const expiresAt = toInstant(app.clock.now() + stateMs);
  const stored: OAuthState = {
    ...{ org, userId, credentialId: credential.id, revision: credential.revision ?? 0, redirectUri, expiresAt },
    verifier: await app.secrets.seal(verifier, stateContext(org, key)),
  };
  await app.store.commit([
    { kind: 'create', path: paths.oauthState(key), data: asDocument(stored) },
    auditWrite(app, principal, 'credential.authorization-started', { kind: 'credential', id, name: credential.name }),
  ]);
  const url = new URL(fieldOf(data, 'authorizationUrl') ?? '');
  const asked: Readonly<Record<string, string | null>> = {
    ...{ response_type: 'code', client_id: fieldOf(data, 'clientId'), redirect_uri: redirectUri, state },
    ...{ code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
    ...{ scope: fieldOf(data, 'scopes'), audience: fieldOf(data, 'audience'), prompt: fieldOf(data, 'prompt') },
    access_type: fieldOf(data, 'accessType'),
  };
  for (const [name, value] of Object.entries(asked)) if (value !== null) url.searchParams.set(name, value);
  return { url: url.href, expiresAt };
}

export type CallbackQuery = { readonly state: string; readonly code?: string | undefined; readonly error?: string | undefined };

/** Why nothing came of it; deliberately few words, for whoever reads them may be anybody. */
export type Finished = 'authorized' | 'denied' | 'unknown' | 'failed';

/** Public: the state is the proof. Whatever the outcome, it counts once. */
export async function finishAuthorization(app: App, query: CallbackQuery): Promise<Finished> {
  const key = stateKey(query.state);
  const found = await app.store.get(paths.oauthState(key));
  if (found === null) return 'unknown';
  const used = await app.store.commit([{ kind: 'delete', path: found.path, version: found.version }]);
  const state = OAuthState.parse(found.data);
  if (!used.ok || fromInstant(state.expiresAt) <= app.clock.now()) return 'unknown';
  const principal = await stillAllowed(app, state);
  if (principal === null) return 'unknown';
  if (query.error !== undefined || query.code === undefined) return 'denied';
  return exchangeCode(app, principal, state, { key, code: query.code });
}

/** The person may have left, or may do less by now. */
async function stillAllowed(app: App, { org, userId }: OAuthState): Promise<Principal | null> {
  const row = (await app.store.get(paths.member(org, userId))) ?? (await app.store.get(paths.apiKey(org, userId)));
  const role = Role.safeParse(row?.data.role);
  if (!role.success || !mayDo(role.data, 'credentials.write')) return null;
  return { org, userId, role: role.data, via: 'session' };
}

async function exchangeCode(
  app: App,
  principal: Principal,
  state: OAuthState,
  { key, code }: { readonly key: string; readonly code: string },
): Promise<Finished> {
  const path = paths.credential(state.org, state.credentialId);
  const row = await app.store.get(path);
  if (row === null) return 'unknown';
  const credential = Credential.parse(row.data);
  if ((credential.revision ?? 0) !== state.revision) return 'unknown';
  const data = await openData(app, path, credential);
  const verifier = await app.secrets.open(state.verifier, stateContext(state.org, key));
  try {
    const parameters = new URLSearchParams({ code });
    const tokens = await requestTokens(app.http, data, { kind: 'code', parameters, redirectUri: state.redirectUri, verifier });
    const kept = { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken };
    const stored = await storeAuthorized(app, principal, path, async (now) => {
      if ((now.revision ?? 0) !== state.revision) return null;
      return { ...now, grant: await sealGrant(app, path, (now.grant?.revision ?? 0) + 1, tokens, kept) };
    });
    return stored ? 'authorized' : 'unknown';
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    app.logger.warn('oauth-authorization-failed', { organization: state.org, credential: state.credentialId, reason });
    return 'failed';
  }
}

const mostRounds = 10;

async function storeAuthorized(
  app: App,
  principal: Principal,
  path: string,
  change: (credential: Credential) => Promise<Credential | null>,
): Promise<boolean> {
  for (let round = 0; round < mostRounds; round += 1) {
    const row = await app.store.get(path);
    const changed = row === null ? null : await change(Credential.parse(row.data));
    if (row === null || changed === null) return false;
    const target = { kind: 'credential', id: changed.id, name: changed.name };
    const result = await app.store.commit([
      { kind: 'update', path, data: asDocument(changed), version: row.version },
      auditWrite(app, principal, 'credential.authorized', target, {}, { before: row.data, after: changed }),
    ]);
    if (result.ok) return true;
  }
  return false;
}

/** 256 bits, 43 characters: what PKCE asks of a verifier at least. */
function randomText(app: App): string {
  return Buffer.from(digest('oauth', app.ids.make('a'), app.ids.make('b'), app.ids.make('c')), 'hex').toString('base64url');
}

const stateKey = (state: string): string => digest('oauth-state', state);
const stateContext = (org: string, key: string): string => `oauth-states/${org}/${key}`;
