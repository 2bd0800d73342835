/**
 * The two calls of Firebase Auth's public REST API (Identity Toolkit) that need no more than the web API key: a password is checked, an
 * account is looked up by its own token. https://cloud.google.com/identity-platform/docs/reference/rest/v1/accounts
 */
import { AppError } from '@automateos/shared/model/app-error';
import { z } from 'zod';

export type IdentityToolkit = {
  /** The account's token; null when address or password is wrong, or the account is disabled. */
  signIn(
    email: string,
    password: string,
  ): Promise<{ readonly userId: string; readonly email: string; readonly token: string } | null>;
  /** null where the account is there and its sessions hold; else why not. */
  whyRevoked(token: string): Promise<string | null>;
};

export type IdentityToolkitOptions = {
  readonly apiKey: string;
  /** `host:port` of the emulator. */
  readonly emulatorHost?: string | undefined;
};

const timeoutMs = 10_000;

const SignedIn = z.object({ localId: z.string(), email: z.string(), idToken: z.string() });
const Accounts = z.object({ users: z.array(z.object({ disabled: z.boolean().optional() })).optional() });
const Failure = z.object({ error: z.object({ message: z.string() }) });

/** What is wrong with what the person typed. Which of them it is, nobody is told. */
const wrong = new Set([
  ...['INVALID_LOGIN_CREDENTIALS', 'EMAIL_NOT_FOUND', 'INVALID_PASSWORD', 'USER_DISABLED'],
  ...['INVALID_EMAIL', 'MISSING_EMAIL', 'MISSING_PASSWORD'],
]);
/** What is wrong with a session that was valid by its signature. */
const revoked = new Set([
  'TOKEN_EXPIRED',
  'USER_NOT_FOUND',
  'USER_DISABLED',
  'INVALID_ID_TOKEN',
  'CREDENTIAL_TOO_OLD_LOGIN_AGAIN',
]);

export function createIdentityToolkit({ apiKey, emulatorHost }: IdentityToolkitOptions): IdentityToolkit {
  const host = 'identitytoolkit.googleapis.com';
  const base = emulatorHost === undefined ? `https://${host}` : `http://${emulatorHost}/${host}`;
  const call = (method: string, body: object): Promise<Answer> =>
    post(`${base}/v1/accounts:${method}?key=${encodeURIComponent(apiKey)}`, body);

  return {
    async signIn(email, password) {
      const answer = await call('signInWithPassword', { email, password, returnSecureToken: true });
      if (answer.code === null) {
        const { localId: userId, email: address, idToken: token } = SignedIn.parse(answer.value);
        return { userId, email: address, token };
      }
      if (wrong.has(answer.code)) return null;
      if (answer.code === 'TOO_MANY_ATTEMPTS_TRY_LATER') throw new AppError('RATE_LIMITED', { retryAfterSeconds: 60 });
      throw unavailable(answer.code);
    },
    async whyRevoked(token) {
      const answer = await call('lookup', { idToken: token });
      if (answer.code !== null) {
        if (revoked.has(answer.code)) return answer.code;
        throw unavailable(answer.code);
      }
      const [account] = Accounts.parse(answer.value).users ?? [];
      if (account === undefined) return 'USER_NOT_FOUND';
      return account.disabled === true ? 'USER_DISABLED' : null;
    },
  };
}

type Answer = { readonly code: null; readonly value: unknown } | { readonly code: string };

/** Throws UNAVAILABLE where no answer of the service comes. */
async function post(url: string, body: object): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    const value: unknown = await response.json();
    if (response.ok) return { code: null, value };
    const failure = Failure.safeParse(value);
    // `TOKEN_EXPIRED : some words`
    return {
      code:
        failure.success && response.status === 400
          ? (failure.data.error.message.split(/\s*:/, 1)[0] ?? '')
          : `HTTP ${response.status}`,
    };
  } catch (cause) {
    throw unavailable('no answer', cause);
  }
}

function unavailable(code: string, cause?: unknown): AppError {
  return new AppError('UNAVAILABLE', { reason: 'accounts cannot be looked at just now.' }, { cause: cause ?? new Error(code) });
}
