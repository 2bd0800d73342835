/** Registration makes the owner of an installation that has none; after that people are added by its owner, not by themselves. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { type Session, sessionOf } from './create-session.ts';
import { createInstallation, readOwner } from './ensure-owner.ts';
import type { Credentials } from './login.ts';
import { reserveAttempt } from './sign-in-throttle.ts';

const closed = () => new AppError('REGISTRATION_CLOSED');

export async function register(app: App, identity: Identity, request: Credentials): Promise<Session> {
  if ((await readOwner(app)) !== null) throw closed();
  await reserveAttempt(app, request);
  // the session that is answered is older than the account's document by as long as the identity service takes
  const since = app.clock.now();
  // an address that is taken signs in with its own password: a crash after createAccount must not lock the owner out
  const account = await identity.createAccount(request.email, request.password);
  const signedIn = await identity.signIn(request.email, request.password);
  if (signedIn === null) throw closed();
  await createInstallation(app, { ...(account ?? signedIn), since });
  return sessionOf(app, signedIn);
}
