/**
 * Session tokens: JWT, HS256, that hold nothing but who, which session and until when. A token is accepted only in the exact form in which it
 * was made here.
 *
 * The signing key changes every 30 days: `kid` names the period, the key of each is derived from the key ring, and a token must name the
 * period that it was issued in. So there is no list of keys to keep or to lose, and a key signs nothing that is accepted later than a token's
 * life after its period.
 */
import { toInstant } from '@automateos/shared/model/instant';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

const issuer = 'automateos';
const audience = 'automateos-api';
export const sessionSeconds = 12 * 3_600;
const periodSeconds = 30 * 86_400;
const toleranceSeconds = 60;
const tokenLimit = 2_048;

const Header = z.strictObject({ alg: z.literal('HS256'), typ: z.literal('JWT'), kid: z.string().regex(/^p\d{1,6}$/) });
const Claims = z.strictObject({
  iss: z.literal(issuer),
  aud: z.literal(audience),
  sub: z.string().regex(/^usr_[0-9a-z]+$/),
  sid: z.string().regex(/^ses_[0-9a-z]+$/),
  iat: z.int(),
  exp: z.int(),
});
export type SessionClaims = z.infer<typeof Claims>;

export type SessionTokens = {
  /** `issuedAt` in epoch seconds. */
  issue(userId: string, sessionId: string, issuedAt: number): Promise<string>;
  /** Never throws for bad input. */
  verify(token: string, nowMs: number): Promise<{ readonly ok: true; readonly claims: SessionClaims } | Refused>;
};

type Refused = { readonly ok: false; readonly reason: string };

export function createSessionTokens(keyRing: KeyRing): SessionTokens {
  const keys = new Map<string, Promise<Uint8Array>>();
  const keyOf = (kid: string): Promise<Uint8Array> => {
    const known = keys.get(kid) ?? keyRing.derive(`session-token/${kid}`);
    keys.set(kid, known);
    known.catch(() => keys.delete(kid)); // whoever waits is told; the next one asks the key ring again
    return known;
  };

  return {
    async issue(userId, sessionId, issuedAt) {
      const kid = periodOf(issuedAt);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + sessionSeconds)
        .sign(await keyOf(kid));
    },
    async verify(token, nowMs) {
      if (!isCanonical(token)) return refused('not a token of this service');
      const now = Math.floor(nowMs / 1_000);
      try {
        const options = { algorithms: ['HS256'], issuer, audience, typ: 'JWT', currentDate: new Date(nowMs) };
        const { payload, protectedHeader } = await jwtVerify(
          token,
          async (header: JWTHeaderParameters) => keyOf(acceptedPeriod(header, now)),
          options,
        );
        return accepted(Claims.parse(payload), Header.parse(protectedHeader).kid, now);
      } catch (error) {
        if (error instanceof errors.JOSEError) return refused(error.code);
        if (error instanceof z.ZodError) return refused('unexpected header or claims');
        throw error;
      }
    },
  };
}

export function periodOf(epochSeconds: number): string {
  return `p${Math.floor(epochSeconds / periodSeconds)}`;
}

/** Only the periods that a token of now can be of: no text of a token leads to a key of its own. */
function acceptedPeriod(header: unknown, now: number): string {
  const { kid } = Header.parse(header);
  if (![now - sessionSeconds, now, now + toleranceSeconds].map(periodOf).includes(kid))
    throw new errors.JWSInvalid('unknown kid');
  return kid;
}

function accepted(
  claims: SessionClaims,
  kid: string,
  now: number,
): { readonly ok: true; readonly claims: SessionClaims } | Refused {
  if (claims.iat > now + toleranceSeconds) return refused('issued in the future');
  if (claims.exp - claims.iat !== sessionSeconds) return refused('lifetime');
  if (periodOf(claims.iat) !== kid) return refused('key of another period');
  return { ok: true, claims };
}

const refused = (reason: string): Refused => ({ ok: false, reason });

/** Of a token that was verified. */
export function timesOf({ iat, exp }: SessionClaims): { readonly issuedAt: string; readonly expiresAt: string } {
  return { issuedAt: toInstant(iat * 1_000), expiresAt: toInstant(exp * 1_000) };
}

/** Three base64url parts in their one exact spelling: no padding, no stray bits, no line breaks. */
function isCanonical(token: string): boolean {
  if (token.length > tokenLimit) return false;
  const parts = token.split('.');
  return (
    parts.length === 3 && parts.every((part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part)
  );
}
