/**
 * Accounts in Firebase Auth, under ids of ours. A session's token is checked by its signature alone; whether its account was disabled,
 * deleted or signed out in Firebase meanwhile is asked once a minute and session, because it is a call over the network each time. (What
 * we ourselves revoke, sessions and roles, counts with the next request: authenticate reads it from the store.)
 *
 * A token is as old as its sign-in, also after Firebase has refreshed it: a session that was ended does not come back by that.
 */
import { createHash } from 'node:crypto';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import type { Clock } from '@automateos/shared/ports/clock';
import type { Identity } from '@automateos/shared/ports/identity';
import type { Ids } from '@automateos/shared/ports/ids';
import { LRUCache } from 'lru-cache';
import { createFirebaseTokenCheck } from './firebase-token.ts';
import { onFirstUse } from './grpc-client.ts';
import { createIdentityToolkit } from './identity-toolkit.ts';

export type FirebaseIdentityOptions = {
  readonly projectId: string;
  /** The web API key. No secret. */
  readonly apiKey: string;
  readonly ids: Ids;
  readonly clock: Clock;
  /** `host:port`. firebase-admin takes it from FIREBASE_AUTH_EMULATOR_HOST, which must say the same. */
  readonly emulatorHost?: string | undefined;
  /** How long an account that was found in order is taken to be so, ms; 0 asks each time. */
  readonly revocationMs?: number;
};

const sessionLimit = 10_000;

export function createFirebaseIdentity(options: FirebaseIdentityOptions): Identity {
  const { projectId, ids, clock, emulatorHost, revocationMs = 60_000 } = options;
  const toolkit = createIdentityToolkit(options);
  const check = createFirebaseTokenCheck({ projectId, emulated: emulatorHost !== undefined, now: () => clock.now() });
  const admin = onFirstUse(() => openAdmin(projectId));
  /** By digest of the token: until when its account need not be asked for. */
  const inOrder = new LRUCache<string, number>({ max: sessionLimit });

  async function whyRevoked(token: string): Promise<string | null> {
    const key = createHash('sha256').update(token).digest('base64url');
    if ((inOrder.get(key) ?? 0) > clock.now()) return null;
    const reason = await toolkit.whyRevoked(token);
    if (reason === null) inOrder.set(key, clock.now() + revocationMs);
    else inOrder.delete(key);
    return reason;
  }

  return {
    async createAccount(email, password) {
      const account = { userId: ids.make('usr'), email: normalizeEmail(email) };
      const { auth } = await admin.get();
      try {
        await auth.createUser({ uid: account.userId, email: account.email, password });
        return account;
      } catch (error) {
        return refusedAccount(error);
      }
    },
    async signIn(email, password) {
      const account = await toolkit.signIn(normalizeEmail(email), password);
      if (account === null) return null;
      const checked = await check(account.token);
      // made past us: an account without an id of ours can do nothing here
      if (!checked.ok) return null;
      return { ...account, expiresAt: toInstant(checked.claims.expiresAtMs) };
    },
    async verify(token) {
      const checked = await check(token);
      if (!checked.ok) return checked;
      const reason = await whyRevoked(token);
      if (reason !== null) return { ok: false, reason };
      const { userId, signedInAtMs, expiresAtMs } = checked.claims;
      return { ok: true, userId, issuedAt: toInstant(signedInAtMs), expiresAt: toInstant(expiresAtMs), sessionId: null };
    },
    findAccount: async () => {
      throw keptByFirebase('A link for a new password');
    },
    changePassword: async () => {
      throw keptByFirebase('A new password');
    },
  };
}

function keptByFirebase(what: string): AppError {
  const where =
    'Firebase Auth: sendPasswordResetEmail() and updatePassword() of its SDK, or accounts:sendOobCode of its REST API';
  return new AppError('NOT_SUPPORTED_HERE', { what, where });
}

/** Loaded for the few that make accounts. Each has an app of its own: firebase-admin's default one is the whole process's. */
async function openAdmin(projectId: string) {
  const [{ initializeApp, deleteApp }, { getAuth }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/auth'),
  ]);
  const app = initializeApp({ projectId }, `identity-${crypto.randomUUID()}`);
  return { auth: getAuth(app), close: () => deleteApp(app) };
}

/** null where the address is taken. */
function refusedAccount(error: unknown): null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'auth/email-already-exists') return null;
  if (/^auth\/(invalid-(email|password|argument)|weak-password|password-does-not-meet-requirements)$/.test(code))
    throw new AppError('INVALID_PARAMS', { reason: 'Firebase Auth does not take this address or password.' }, { cause: error });
  throw new AppError('UNAVAILABLE', { reason: 'accounts cannot be made just now.' }, { cause: error });
}

function normalizeEmail(email: string): string {
  return email.normalize('NFC').trim().toLowerCase();
}
