/**
 * The access token of a credential, renewed where it is about to end. Any number of steps on any number of workers may ask at once: one of
 * them gets the lease, which stands in the credential's own document, and asks the server; the others wait for what it stores. A refresh
 * token that rotates is stored before the new access token is used by anybody.
 *
 *     valid ------------------------------------------------> use it
 *     about to end --lease taken (conditional write)--> ask the server --stored--> use it
 *                  --lease is another's--> wait for the document to change, look again
 *     refused: the grant is `expired`, its tokens are gone; until a person authorizes it again every step fails with CREDENTIAL_EXPIRED
 *
 * Whoever holds the lease and dies leaves it to run out. If the server had rotated the refresh token by then, it will refuse the old one.
 */

import type { CredentialGrant } from '@automateos/shared/model/credential-type';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import { type Snapshot, StoreUnavailable } from '@automateos/shared/ports/document-store';
import { z } from 'zod';
import type { App } from '../../app-context.ts';
import { asDocument } from '../../engine/as-document.ts';
import { Credential, type CredentialGrantState, tokensContext } from '../credential.ts';
import { GrantRefused } from './grant-refused.ts';
import type { Tokens } from './token-endpoint.ts';

/** An access token that ends sooner is renewed before it is used. */
const marginMs = 60_000;
const leaseMs = 45_000;
/** Longest that a step waits for another one's renewal. */
const patienceMs = 120_000;
const lookAgainMs = 1_000;
/** Where the server does not say when a token ends although it can be had anew. */
const assumedSeconds = 300;
const storeAttempts = 5;

export const StoredTokens = z.object({
  accessToken: z.string(),
  refreshToken: z.string().nullable(),
  /** The access token before: it may be good for a while, and an execution that used it may be told it again. */
  replacedToken: z.string().optional(),
});
export type StoredTokens = z.infer<typeof StoredTokens>;

export type Granted = { readonly name: string; readonly kind: CredentialGrant; readonly path: string; readonly data: JsonObject };

/** Throws StepError CREDENTIAL_EXPIRED, CREDENTIAL_REFUSED, CREDENTIAL_UNAVAILABLE, CREDENTIAL_NOT_FOUND and those of the client. */
export async function freshTokens(app: App, granted: Granted): Promise<StoredTokens> {
  const deadline = app.clock.now() + patienceMs;
  for (;;) {
    const row = await app.store.get(granted.path);
    if (row === null) throw gone(granted.name);
    const credential = Credential.parse(row.data);
    const { grant } = credential;
    const now = app.clock.now();
    if (grant !== undefined && grant.sealedTokens !== null && isValid(grant, now)) return openTokens(app, granted.path, grant);
    if (granted.kind === 'authorization-code' && grant?.status !== 'authorized') throw expired(granted.name);
    if (grant === undefined || grant.lease === null || fromInstant(grant.lease.until) <= now) {
      const tokens = await renew(app, granted, credential, row);
      if (tokens !== null) return tokens;
    } else if (now >= deadline) {
      const message = `The tokens of ${granted.name} are being renewed by another step, which takes too long.`;
      throw new StepError({ code: 'CREDENTIAL_UNAVAILABLE', message, class: 'timeout' });
    } else {
      await changeOf(app, granted.path, Math.min(lookAgainMs, fromInstant(grant.lease.until) - now));
    }
  }
}

function isValid(grant: CredentialGrantState, now: number): boolean {
  return grant.status === 'authorized' && (grant.expiresAt === null || fromInstant(grant.expiresAt) - now > marginMs);
}

export async function openTokens(app: App, path: string, grant: CredentialGrantState): Promise<StoredTokens> {
  const plain = await app.secrets.open(grant.sealedTokens ?? '', tokensContext(path, grant.revision));
  return StoredTokens.parse(JSON.parse(plain));
}

/** As they join the fields of their credential. */
export function tokenFields({ accessToken, refreshToken, replacedToken }: StoredTokens): JsonObject {
  return {
    accessToken,
    ...(refreshToken === null ? {} : { refreshToken }),
    ...(replacedToken === undefined ? {} : { replacedToken }),
  };
}

const nothing: CredentialGrantState = {
  ...{ status: 'none', sealedTokens: null, revision: 0, expiresAt: null, scope: null, lease: null },
};

/** Null where somebody else was faster: look again. */
async function renew(app: App, granted: Granted, credential: Credential, row: Snapshot): Promise<StoredTokens | null> {
  const before = credential.grant ?? nothing;
  const owner = app.ids.make('lse');
  const lease = { owner, until: toInstant(app.clock.now() + leaseMs) };
  const held = { ...credential, grant: { ...before, lease } };
  const taken = await app.store.commit([{ kind: 'update', path: row.path, data: asDocument(held), version: row.version }]);
  if (!taken.ok) return null;
  let tokens: Tokens;
  let previous: StoredTokens | null = null;
  try {
    previous = before.sealedTokens === null ? null : await openTokens(app, row.path, before);
    tokens = await ask(app, granted, previous);
  } catch (error) {
    const refused = error instanceof GrantRefused;
    await storeGrant(
      app,
      granted,
      owner,
      refused ? { ...before, status: 'expired', sealedTokens: null, lease: null } : { ...before, lease: null },
    );
    throw refused ? expired(granted.name, error) : error;
  }
  const kept = {
    accessToken: tokens.accessToken,
    refreshToken: tokens.refreshToken ?? previous?.refreshToken ?? null,
    ...(previous === null ? {} : { replacedToken: previous.accessToken }),
  };
  const grant = await sealGrant(app, row.path, before.revision + 1, tokens, kept);
  return (await storeGrant(app, granted, owner, grant)) ? kept : null;
}

async function ask(app: App, granted: Granted, previous: StoredTokens | null): Promise<Tokens> {
  const { requestTokens } = await import('./token-endpoint.ts'); // with the OAuth client, which few steps need
  switch (granted.kind) {
    case 'authorization-code':
      if (previous === null || previous.refreshToken === null) throw new GrantRefused('no_refresh_token');
      return requestTokens(app.http, granted.data, { kind: 'refresh', refreshToken: previous.refreshToken });
    case 'client-credentials':
      return withEnd(await requestTokens(app.http, granted.data, { kind: 'client-credentials' }));
    case 'service-account': {
      const { signAssertion } = await import('./service-account.ts');
      const { assertion, tokenUrl } = await signAssertion(granted.data, app.clock.now());
      return withEnd(await requestTokens(app.http, { tokenUrl }, { kind: 'assertion', assertion }));
    }
    default:
      return granted.kind satisfies never;
  }
}

const withEnd = (tokens: Tokens): Tokens => ({ ...tokens, expiresIn: tokens.expiresIn ?? assumedSeconds });

export async function sealGrant(
  app: App,
  path: string,
  revision: number,
  tokens: Tokens,
  kept: StoredTokens,
): Promise<CredentialGrantState> {
  const seconds = tokens.expiresIn ?? (kept.refreshToken === null ? null : 3_600);
  return {
    status: 'authorized',
    sealedTokens: await app.secrets.seal(JSON.stringify(kept), tokensContext(path, revision)),
    revision,
    expiresAt: seconds === null ? null : toInstant(app.clock.now() + seconds * 1_000),
    scope: tokens.scope?.slice(0, 4_096) ?? null,
    lease: null,
  };
}

/**
 * Stores the outcome as long as the lease is ours, whatever else of the document has changed; tries again where the store does not answer,
 * for a refresh token that rotated is in nobody's hands but ours. False: the lease was lost, or the credential was replaced.
 */
async function storeGrant(app: App, { path }: Granted, owner: string, grant: CredentialGrantState): Promise<boolean> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const row = await app.store.get(path);
      if (row === null) return false;
      const credential = Credential.parse(row.data);
      if (attempt > 1 && credential.grant?.sealedTokens === grant.sealedTokens && credential.grant.lease === null) return true;
      if (credential.grant?.lease?.owner !== owner) return false;
      const data = asDocument({ ...credential, grant });
      if ((await app.store.commit([{ kind: 'update', path, data, version: row.version }])).ok) return true;
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || attempt >= storeAttempts) throw error;
      await app.clock.sleep(200 * attempt);
    }
  }
}

/** Resolves with the next change of the document, or after `ms`. */
async function changeOf(app: App, path: string, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const finish = () => {
      stopWatching();
      stopTimer();
      resolve();
    };
    const stopTimer = app.clock.after(Math.max(ms, 1), finish);
    const stopWatching = app.store.watch(path, finish);
  });
}

function expired(name: string, cause?: unknown): StepError {
  const message = `The credential ${name} is not authorized (any more): open it and authorize it again.`;
  return new StepError({ code: 'CREDENTIAL_EXPIRED', message, retryable: false }, { cause });
}

function gone(name: string): StepError {
  return new StepError({ code: 'CREDENTIAL_NOT_FOUND', message: `There is no credential ${name}`, retryable: false });
}
