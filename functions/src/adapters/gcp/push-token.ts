/**
 * Who calls a worker: the OpenID Connect token that Pub/Sub, Cloud Tasks and Cloud Scheduler send along. Accepted is only a token in
 * Google's exact form (RS256, no header beyond alg, kid and typ), signed by a key of the issuer, meant for this very function, and of the
 * one service account that may call. Whoever else holds a valid Google token is refused like a stranger.
 *
 * Keys are fetched on first use and kept for an hour. While they cannot be fetched nothing is accepted, and the caller is told to come
 * back: senders retry on a 503.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { z } from 'zod';

export type PushTokenOptions = {
  /** URL of this very function. */
  readonly audience: string;
  /** E-mail of the service account that may call. */
  readonly email: string;
  /** Google's when absent. */
  readonly issuer?: string | undefined;
  readonly jwksUrl?: string | undefined;
  /** Epoch ms. */
  readonly now: () => number;
};

/**
 * Takes the value of the Authorization header, null when there is not exactly one. Throws AppError UNAUTHENTICATED, and UNAVAILABLE when
 * the keys cannot be fetched.
 */
export type VerifyPush = (authorization: string | null) => Promise<void>;

const googleIssuers = ['https://accounts.google.com', 'accounts.google.com'];
const googleKeys = 'https://www.googleapis.com/oauth2/v3/certs';

/** Google's are below 1.2 KB. */
const tokenLimit = 4_096;
const keysKeptMs = 3_600_000;
const keysTimeoutMs = 5_000;
/** Clocks differ. */
const toleranceSeconds = 60;
/** Google's live an hour. */
const longestLifeSeconds = 3_600 + toleranceSeconds;

const bearer = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

const Header = z.strictObject({ alg: z.literal('RS256'), kid: z.string().min(1).max(256), typ: z.literal('JWT').optional() });

export function createPushTokenVerifier(options: PushTokenOptions): VerifyPush {
  const issuers = options.issuer === undefined ? googleIssuers : [options.issuer];
  const keys = createRemoteJWKSet(new URL(options.jwksUrl ?? googleKeys), {
    cacheMaxAge: keysKeptMs,
    timeoutDuration: keysTimeoutMs,
    // how often tokens with made-up key ids can make us ask
    cooldownDuration: 30_000,
  });
  const Claims = z.looseObject({
    iss: z.enum(issuers),
    aud: z.literal(options.audience),
    email: z.literal(options.email),
    email_verified: z.literal(true),
    sub: z.string().min(1),
    iat: z.int(),
    exp: z.int(),
  });

  return async (authorization) => {
    const token = tokenOf(authorization);
    if (!Header.safeParse(headerOf(token)).success) throw refused('its header is not that of a Google token');
    const payload = await signedPayload(token);
    const claims = Claims.safeParse(payload);
    if (!claims.success) throw refused(`its claim ${String(claims.error.issues[0]?.path[0])} is not the expected one`);
    const { iat, exp } = claims.data;
    if (iat > options.now() / 1_000 + toleranceSeconds) throw refused('it was issued in the future');
    if (exp - iat > longestLifeSeconds || exp <= iat) throw refused('it lives too long');
  };

  async function signedPayload(token: string): Promise<unknown> {
    try {
      const rules = { algorithms: ['RS256'], currentDate: new Date(options.now()), clockTolerance: 0 };
      return (await jwtVerify(token, keys, rules)).payload;
    } catch (error) {
      if (isRefusal(error)) throw refused(error.message, error);
      throw new AppError('UNAVAILABLE', { reason: 'the keys of push tokens cannot be fetched.' }, { cause: error });
    }
  }
}

/** What is wrong with the token, unlike what is wrong with the keys. Anything else that is thrown is never an acceptance either. */
function isRefusal(error: unknown): error is Error {
  return (
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey
  );
}

function tokenOf(authorization: string | null): string {
  if (authorization === null) throw refused('there must be exactly one Authorization header');
  const token = authorization.length > tokenLimit ? undefined : bearer.exec(authorization)?.[1];
  // each part in the one exact spelling of its bytes: no stray bits in its last character
  if (token === undefined || !token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part))
    throw refused('the Authorization header is not "Bearer <token>"');
  return token;
}

function headerOf(token: string): unknown {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null; // no JSON object: refused by the schema
  }
}

function refused(reason: string, cause?: unknown): AppError {
  return new AppError('UNAUTHENTICATED', { reason: `the push token was refused: ${reason}.` }, { cause });
}
