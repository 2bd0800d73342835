/** Signing in. Wrong address and wrong password answer the same, in the same time; failures are counted before the password is looked at. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { type Session, sessionOf } from './create-session.ts';
import { forgiveAttempts, reserveAttempt } from './sign-in-throttle.ts';

export type Credentials = { readonly email: string; readonly password: string; readonly clientAddress: string };

/** Throws UNAUTHENTICATED and RATE_LIMITED. */
export async function login(app: App, identity: Identity, request: Credentials): Promise<Session> {
  await reserveAttempt(app, request);
  const signedIn = await identity.signIn(request.email, request.password);
  if (signedIn === null) throw new AppError('UNAUTHENTICATED', { reason: 'address or password is wrong.' });
  await forgiveAttempts(app, request);
  return sessionOf(app, signedIn);
}
