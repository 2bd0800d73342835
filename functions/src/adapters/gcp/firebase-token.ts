/**
 * The signature and claims of a Firebase session token, checked as Firebase describes for other libraries
 * (https://firebase.google.com/docs/auth/admin/verify-id-tokens), with its public keys kept for an hour. firebase-admin's own check tells
 * an outage of the keys from a forged token by its message only, and would be loaded for each cold start of the API.
 *
 * Tokens of the Auth emulator are unsigned: they are accepted where an emulator is configured, which only projects `demo-...` can be.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { createRemoteJWKSet, errors, jwtVerify, UnsecuredJWT } from 'jose';
import { z } from 'zod';

export type FirebaseTokenOptions = {
  readonly projectId: string;
  /** Tokens are unsigned then. */
  readonly emulated: boolean;
  /** Google's when absent. */
  readonly jwksUrl?: string | undefined;
  /** Epoch ms. */
  readonly now: () => number;
};

export type FirebaseClaims = { readonly userId: string; readonly signedInAtMs: number; readonly expiresAtMs: number };
export type CheckedToken =
  | { readonly ok: true; readonly claims: FirebaseClaims }
  | { readonly ok: false; readonly reason: string };

const firebaseKeys = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com';
const tokenLimit = 4_096;
const toleranceSeconds = 60;
const longestLifeSeconds = 3_600 + toleranceSeconds;

const signedHeader = z.strictObject({
  alg: z.literal('RS256'),
  kid: z.string().min(1).max(256),
  typ: z.literal('JWT').optional(),
});
const unsignedHeader = z.strictObject({ alg: z.literal('none'), typ: z.literal('JWT').optional() });

/** The ids that we give; others (made past us, with the public API key) are no accounts of ours. */
const userId = z.string().regex(/^usr_[0-9a-z]{1,120}$/);

/** Never throws for a bad token; throws UNAVAILABLE when the keys cannot be fetched. */
export function createFirebaseTokenCheck(options: FirebaseTokenOptions): (token: string) => Promise<CheckedToken> {
  const { projectId, emulated, now } = options;
  const issuer = `https://securetoken.google.com/${projectId}`;
  const keys = createRemoteJWKSet(new URL(options.jwksUrl ?? firebaseKeys), { cacheMaxAge: 3_600_000, cooldownDuration: 30_000 });
  const Claims = z.looseObject({
    ...{ iss: z.literal(issuer), aud: z.literal(projectId), sub: userId },
    ...{ iat: z.int(), exp: z.int(), auth_time: z.int() },
  });

  return async (token) => {
    if (!isSpelledExactly(token, emulated)) return refused('not a token of this service');
    try {
      const rules = { currentDate: new Date(now()), issuer, audience: projectId };
      const { payload, header } = emulated ? UnsecuredJWT.decode(token, rules) : await signed(token, rules);
      if (!(emulated ? unsignedHeader : signedHeader).safeParse(header).success) return refused('unexpected header');
      const claims = Claims.safeParse(payload);
      if (!claims.success) return refused(`unexpected claim ${String(claims.error.issues[0]?.path[0])}`);
      return accepted(claims.data, now() / 1_000);
    } catch (error) {
      if (error instanceof AppError) throw error;
      // what is wrong with the keys and not with the token has been told apart below
      return refused(error instanceof errors.JOSEError ? error.code : 'malformed');
    }
  };

  async function signed(token: string, rules: { currentDate: Date; issuer: string; audience: string }) {
    const { payload, protectedHeader } = await jwtVerify(
      token,
      async (header, jws) => {
        if (!signedHeader.safeParse(header).success) throw new errors.JWTInvalid('unexpected header');
        try {
          return await keys(header, jws);
        } catch (error) {
          if (error instanceof errors.JWKSNoMatchingKey) throw error;
          throw new AppError('UNAVAILABLE', { reason: 'the keys of sessions cannot be fetched.' }, { cause: error });
        }
      },
      { ...rules, algorithms: ['RS256'] },
    );
    return { payload, header: protectedHeader };
  }
}

type Times = { readonly sub: string; readonly iat: number; readonly exp: number; readonly auth_time: number };

function accepted({ sub, iat, exp, auth_time: signedInAt }: Times, now: number): CheckedToken {
  if (iat > now + toleranceSeconds || signedInAt > now + toleranceSeconds) return refused('issued in the future');
  if (exp - iat > longestLifeSeconds) return refused('lifetime');
  return { ok: true, claims: { userId: sub, signedInAtMs: signedInAt * 1_000, expiresAtMs: exp * 1_000 } };
}

const refused = (reason: string): CheckedToken => ({ ok: false, reason });

/** Three base64url parts in their one exact spelling; an unsigned token's last is empty. */
function isSpelledExactly(token: string, emulated: boolean): boolean {
  if (token.length > tokenLimit) return false;
  const parts = token.split('.');
  const empty = emulated ? parts.pop() === '' : false;
  return (
    parts.length === (emulated ? 2 : 3) &&
    empty === emulated &&
    parts.every((part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part)
  );
}
