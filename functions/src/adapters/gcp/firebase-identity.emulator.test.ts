import { AppError } from '@automateos/shared/model/app-error';
import type { Identity } from '@automateos/shared/ports/identity';
import { describeIdentity } from '@automateos/shared/testing/identity.conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FirebaseEmulators, startFirebaseEmulators } from '../../../../infra/emulators/firebase-emulators.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import { startLoopbackServer } from '../../testing/loopback-server.ts';
import { createRandomIds } from '../embedded/random-ids.ts';
import { createSystemClock } from '../embedded/system-clock.ts';
import { createFirebaseIdentity, type FirebaseIdentityOptions } from './firebase-identity.ts';

const projectId = 'demo-identity';
let firebase: FirebaseEmulators;
beforeAll(async () => {
  firebase = await startFirebaseEmulators({ projectId });
  process.env.FIREBASE_AUTH_EMULATOR_HOST = firebase.authHost;
}, 200_000);
afterAll(async () => {
  delete process.env.FIREBASE_AUTH_EMULATOR_HOST;
  await firebase.stop();
});

const open = (changes: Partial<FirebaseIdentityOptions> = {}): Identity =>
  createFirebaseIdentity({
    ...{ projectId, apiKey: 'none', ids: createRandomIds(), clock: createSystemClock(), emulatorHost: firebase.authHost },
    ...changes,
  });

describeIdentity('Firebase Auth', open);

describe('an account of Firebase Auth', () => {
  const password = 'correct horse battery';
  let people = 0;

  async function newSession(identity: Identity) {
    people += 1;
    const email = `someone-${people}@example.test`;
    const account = await identity.createAccount(email, password);
    const session = await identity.signIn(email, password);
    if (account === null || session === null) throw new Error('a new account signs in');
    return session;
  }

  /** As an administrator does it in Firebase's console. */
  async function update(userId: string, change: Readonly<Record<string, unknown>>): Promise<void> {
    const url = `http://${firebase.authHost}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts:update`;
    const headers = { authorization: 'Bearer owner', 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ localId: userId, ...change }) });
    expect(response.status).toBe(200);
  }

  it('that is disabled signs in no more, like a wrong password, and its sessions end', async () => {
    const identity = open({ revocationMs: 0 });
    const { userId, email, token } = await newSession(identity);
    expect(await identity.verify(token)).toMatchObject({ ok: true });
    await update(userId, { disableUser: true });
    expect(await identity.verify(token)).toEqual({ ok: false, reason: 'USER_DISABLED' });
    expect(await identity.signIn(email, password)).toBeNull();
  });

  it('that was signed out everywhere or deleted has no session', async () => {
    const identity = open({ revocationMs: 0 });
    const [out, gone] = [await newSession(identity), await newSession(identity)];
    await update(out.userId, { validSince: String(Math.floor(Date.now() / 1_000) + 60) });
    expect(await identity.verify(out.token)).toEqual({ ok: false, reason: 'TOKEN_EXPIRED' });
    const url = `http://${firebase.authHost}/identitytoolkit.googleapis.com/v1/projects/${projectId}/accounts:delete`;
    const headers = { authorization: 'Bearer owner', 'content-type': 'application/json' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ localId: gone.userId }) });
    expect(await identity.verify(gone.token)).toEqual({ ok: false, reason: 'USER_NOT_FOUND' });
  });

  it('is asked for once a minute, not with each request', async () => {
    const clock = createFakeClock(Date.now());
    const identity = open({ clock });
    const { userId, token } = await newSession(identity);
    expect(await identity.verify(token)).toMatchObject({ ok: true });
    await update(userId, { disableUser: true });
    expect(await identity.verify(token)).toMatchObject({ ok: true });
    await clock.advance(61_000);
    expect(await identity.verify(token)).toMatchObject({ ok: false });
  });

  it('that was made past us, with the public key, is no account', async () => {
    const url = `http://${firebase.authHost}/identitytoolkit.googleapis.com/v1/accounts:signUp?key=none`;
    const body = JSON.stringify({ email: 'stranger@example.test', password, returnSecureToken: true });
    const made = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { idToken } = (await made.json()) as { idToken: string }; // the emulator's own answer
    expect(await open().verify(idToken)).toMatchObject({ ok: false });
    expect(await open().signIn('stranger@example.test', password)).toBeNull();
  });

  it('has a token that nobody accepts without the emulator', async () => {
    const { token } = await newSession(open());
    expect(await open({ emulatorHost: undefined }).verify(token)).toMatchObject({ ok: false });
  });
});

describe('an outage of Firebase Auth', () => {
  it('is no refusal: it says that the service is not there', async () => {
    const session = await (async () => {
      const identity = open();
      await identity.createAccount('last@example.test', 'correct horse battery');
      return identity.signIn('last@example.test', 'correct horse battery');
    })();
    await using broken = await startLoopbackServer(({ url }) => ({ status: url.includes('lookup') ? 503 : 500, body: '<html>' }));
    const identity = open({ emulatorHost: broken.origin.slice('http://'.length) });
    const outages = [identity.signIn('last@example.test', 'x'), identity.verify(session?.token ?? '')];
    for (const outage of outages) {
      await expect(outage).rejects.toThrow(AppError);
      await expect(outage).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    expect(await identity.verify('junk')).toMatchObject({ ok: false });
  });
});
