/** Signing in. Wrong address and wrong password answer the same, in the same time; failures are counted before the password is looked at. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Identity, SignInClient } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { type Session, sessionOf } from './create-session.ts';
import { forgiveAttempts, reserveAttempt } from './sign-in-throttle.ts';

export type Credentials = {
  readonly email: string;
  readonly password: string;
  readonly clientAddress: string;
  /** Of the program that signs in, as it calls itself. */
  readonly agent?: string | undefined;
};

/** Throws UNAUTHENTICATED and RATE_LIMITED. */
export async function login(app: App, identity: Identity, request: Credentials): Promise<Session> {
  await reserveAttempt(app, request);
  const signedIn = await identity.signIn(request.email, request.password, clientOf(request));
  if (signedIn === null) throw new AppError('UNAUTHENTICATED', { reason: 'address or password is wrong.' });
  await forgiveAttempts(app, request);
  return sessionOf(app, signedIn);
}

/** Kept with the session, so that a person recognizes it. */
export function clientOf({ clientAddress, agent = '' }: Credentials): SignInClient {
  return { address: clientAddress, agent: agent.replace(/[^\x20-\x7e]/g, '').slice(0, 200) };
}
