/** A new password, by the old one. It ends every session; the answer is a new one, for whoever changed it. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import type { Write } from '@automateos/shared/ports/document-store';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { type AccountActor, accountAuditWrite } from '../audit/audit-entry.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import type { Account } from './account.ts';
import { type Session, sessionOf } from './create-session.ts';
import { clientOf } from './login.ts';
import { readAccount } from './read-account.ts';
import { forgiveAttempts, reserveAttempt } from './sign-in-throttle.ts';

export type NewPassword = { readonly current: string; readonly next: string; readonly agent?: string | undefined };

/** Throws INVALID_PARAMS for a wrong one, RATE_LIMITED after many of them. */
export async function changePassword(app: App, identity: Identity, account: Account, request: NewPassword): Promise<Session> {
  const { user, from } = account;
  const attempt = { email: user.email, clientAddress: from.address };
  await reserveAttempt(app, attempt);
  await decideAgain(async () => {
    const alongside = await endingSessions(app, { userId: user.id, from }, 'password.changed');
    const outcome = await identity.changePassword({ email: user.email, current: request.current, next: request.next, alongside });
    if (outcome === 'wrong') throw new AppError('INVALID_PARAMS', { reason: 'The current password is wrong.' });
    if (outcome === 'outrun') throw new Outrun('account');
  });
  await forgiveAttempts(app, attempt);
  const { email, next: password } = { ...request, email: user.email };
  const signedIn = await identity.signIn(email, password, clientOf({ ...attempt, password, agent: request.agent }));
  if (signedIn === null) throw new AppError('UNAUTHENTICATED', { reason: 'the password was changed again meanwhile.' });
  return sessionOf(app, signedIn);
}

/** Writes that void all that was signed in until now, for the commit of the new password. */
export async function endingSessions(
  app: Pick<App, 'store' | 'clock' | 'ids'>,
  who: AccountActor,
  action: string,
): Promise<readonly Write[]> {
  const { user, snapshot } = await readAccount(app, who.userId);
  const data = asDocument({ ...user, sessionsValidFrom: toInstant(app.clock.now() + 1) });
  return [
    { kind: 'update', path: snapshot.path, version: snapshot.version, data },
    accountAuditWrite(app, who, action, { kind: 'account', id: user.id, name: user.email }),
  ];
}
