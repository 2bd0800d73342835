/**
 * Accounts of one machine in the store: passwords as scrypt hashes, sessions as signed tokens (JWT, HS256) that hold nothing but who and
 * until when. A token is accepted only in the exact form in which it was made here.
 */
import { createHash } from 'node:crypto';
import { toInstant } from '@automateos/shared/model/instant';
import type { Clock } from '@automateos/shared/ports/clock';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { Identity, VerifiedToken } from '@automateos/shared/ports/identity';
import type { Ids } from '@automateos/shared/ports/ids';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts';

const issuer = 'automateos';
const audience = 'automateos-api';
const lifetimeSeconds = 12 * 3_600;
const tokenLimit = 2_048;

const Account = z.object({ userId: z.string(), email: z.string(), password: z.string(), createdAt: z.string() });

const Header = z.strictObject({ alg: z.literal('HS256'), typ: z.literal('JWT') });
const Claims = z.strictObject({
  iss: z.literal(issuer),
  aud: z.literal(audience),
  sub: z.string().regex(/^usr_[0-9a-z]+$/),
  iat: z.int(),
  exp: z.int(),
});

export type LocalIdentityOptions = {
  readonly store: DocumentStore;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly hasher?: PasswordHasher;
};

export function createLocalIdentity({
  store,
  keyRing,
  clock,
  ids,
  hasher = createPasswordHasher(),
}: LocalIdentityOptions): Identity {
  let signingKey: Promise<Uint8Array> | undefined;
  const key = () => {
    signingKey ??= keyRing.derive('session-token');
    return signingKey;
  };
  const seconds = () => Math.floor(clock.now() / 1000);

  async function issue(userId: string): Promise<{ token: string; expiresAt: string }> {
    const iat = seconds();
    const exp = iat + lifetimeSeconds;
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setIssuedAt(iat)
      .setExpirationTime(exp)
      .sign(await key());
    return { token, expiresAt: toInstant(exp * 1000) };
  }

  return {
    async createAccount(email, password) {
      const account = { userId: ids.make('usr'), email: normalizeEmail(email), createdAt: toInstant(clock.now()) };
      const data = { ...account, password: await hasher.hash(password) };
      const result = await store.commit([{ kind: 'create', path: accountPath(email), data }]);
      return result.ok ? { userId: account.userId, email: account.email } : null;
    },
    async signIn(email, password) {
      const snapshot = await store.get(accountPath(email));
      const account = snapshot === null ? null : Account.parse(snapshot.data);
      const right = await hasher.verify(password, account?.password ?? null);
      if (account === null || !right) return null;
      return { userId: account.userId, email: account.email, ...(await issue(account.userId)) };
    },
    async verify(token) {
      if (!isCanonical(token)) return { ok: false, reason: 'not a token of this service' };
      try {
        const options = { algorithms: ['HS256'], issuer, audience, typ: 'JWT', currentDate: new Date(clock.now()) };
        const { payload, protectedHeader } = await jwtVerify(token, await key(), options);
        return accepted(Header.parse(protectedHeader) && Claims.parse(payload), seconds());
      } catch (error) {
        if (error instanceof errors.JOSEError) return { ok: false, reason: error.code };
        if (error instanceof z.ZodError) return { ok: false, reason: 'unexpected header or claims' };
        throw error;
      }
    },
  };
}

function accepted(claims: z.infer<typeof Claims>, now: number): VerifiedToken {
  if (claims.iat > now + 60) return { ok: false, reason: 'issued in the future' };
  if (claims.exp - claims.iat !== lifetimeSeconds) return { ok: false, reason: 'lifetime' };
  return { ok: true, userId: claims.sub, issuedAt: toInstant(claims.iat * 1000), expiresAt: toInstant(claims.exp * 1000) };
}

/** Three base64url parts in their one exact spelling: no padding, no stray bits, no line breaks. */
function isCanonical(token: string): boolean {
  if (token.length > tokenLimit) return false;
  const parts = token.split('.');
  return (
    parts.length === 3 && parts.every((part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part)
  );
}

function normalizeEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}

function accountPath(email: string): string {
  return `local-accounts/${createHash('sha256').update(normalizeEmail(email)).digest('hex')}`;
}
