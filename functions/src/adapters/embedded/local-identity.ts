/**
 * Accounts of one machine in the store: passwords as scrypt hashes, sessions as documents that signed tokens name (session-token.ts).
 *
 * Signing in writes the account, under the version that held the password it checked: who signs in with a password while it is changed has
 * signed in before the change, which ends the session, or not at all.
 */
import { createHash } from 'node:crypto';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Clock } from '@automateos/shared/ports/clock';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { Identity, IdentitySession, SignInClient } from '@automateos/shared/ports/identity';
import type { Ids } from '@automateos/shared/ports/ids';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { z } from 'zod';
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts';
import { createSessionTokens, sessionSeconds, timesOf } from './session-token.ts';

const Account = z.object({
  ...{ userId: z.string(), email: z.string(), password: z.string(), createdAt: z.string() },
  ...{ signedInAt: z.string().optional(), passwordChangedAt: z.string().optional() },
});
type Account = z.infer<typeof Account>;

export type LocalIdentityOptions = {
  readonly store: DocumentStore;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly hasher?: PasswordHasher;
};

type Found = { readonly path: string; readonly version: string; readonly account: Account };

export function createLocalIdentity(options: LocalIdentityOptions): Identity {
  const { store, keyRing, clock, ids, hasher = createPasswordHasher() } = options;
  const tokens = createSessionTokens(keyRing);

  async function find(email: string): Promise<Found | null> {
    const snapshot = await store.get(accountPath(email));
    return snapshot === null ? null : { ...snapshot, account: Account.parse(snapshot.data) };
  }

  /** null where the account was changed since it was read. */
  async function open({ path, version, account }: Found, client: SignInClient): Promise<IdentitySession | null> {
    const { userId, email } = account;
    const now = clock.now();
    const issuedAt = Math.floor(now / 1_000);
    const id = ids.make('ses');
    const expiresAt = toInstant((issuedAt + sessionSeconds) * 1_000);
    // whatever ended the sessions before in this very millisecond, this one is younger
    const endedBefore = String((await store.get(paths.user(userId)))?.data.sessionsValidFrom ?? '');
    const createdAt = endedBefore > toInstant(now) ? endedBefore : toInstant(now);
    const session = { id, userId, createdAt, expiresAt, ...client };
    const result = await store.commit([
      { kind: 'update', path, version, data: asJson({ ...account, signedInAt: toInstant(now) }) },
      { kind: 'create', path: paths.session(userId, id), data: session },
    ]);
    return result.ok ? { userId, email, token: await tokens.issue(userId, id, issuedAt), expiresAt } : null;
  }

  return {
    async createAccount(email, password) {
      const account = { userId: ids.make('usr'), email: normalizeEmail(email), createdAt: toInstant(clock.now()) };
      const data = { ...account, password: await hasher.hash(password) };
      const result = await store.commit([{ kind: 'create', path: accountPath(email), data }]);
      return result.ok ? { userId: account.userId, email: account.email } : null;
    },
    async signIn(email, password, client = { address: 'unknown', agent: '' }) {
      let found = await find(email);
      const checked = found?.account.password ?? null;
      if (!(await hasher.verify(password, checked))) return null;
      // others who sign in at the same time change nothing of the password
      while (found !== null && found.account.password === checked) {
        const session = await open(found, client);
        if (session !== null) return session;
        found = await find(email);
      }
      return null;
    },
    async verify(token) {
      const verified = await tokens.verify(token, clock.now());
      if (!verified.ok) return verified;
      return { ok: true, userId: verified.claims.sub, sessionId: verified.claims.sid, ...timesOf(verified.claims) };
    },
    async findAccount(email) {
      const found = await find(email);
      return found === null ? null : { userId: found.account.userId, email: found.account.email };
    },
    async changePassword({ email, current, next, alongside }) {
      const found = await find(email);
      const right = current === null || (await hasher.verify(current, found?.account.password ?? null));
      if (found === null || !right) return 'wrong';
      const data = { ...found.account, password: await hasher.hash(next), passwordChangedAt: toInstant(clock.now()) };
      const { path, version } = found;
      const result = await store.commit([{ kind: 'update', path, version, data: asJson(data) }, ...alongside]);
      return result.ok ? 'changed' : 'outrun';
    },
  };
}

/** Fields that are absent are left out, as the store does. */
function asJson(account: Account): JsonObject {
  return account as JsonObject;
}

function normalizeEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}

function accountPath(email: string): string {
  return `local-accounts/${createHash('sha256').update(normalizeEmail(email)).digest('hex')}`;
}
