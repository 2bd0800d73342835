/**
 * A new password for who has lost it: by a link that went to the address, or that the installation's owner made and hands over. It ends all
 * sessions, and every other link for a password.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Principal } from '@automateos/shared/model/principal';
import type { Identity } from '@automateos/shared/ports/identity';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { findAccountLink, invalidLink, newAccountLink, usedLinkWrite } from './account-links.ts';
import { mailToPerson } from './account-mail.ts';
import { endingSessions } from './change-password.ts';
import { normalizeEmail } from './email.ts';
import { readAccount } from './read-account.ts';
import { requireInstallation } from './require-installation.ts';
import { forgiveAttempts, reserveAttempt } from './sign-in-throttle.ts';

/**
 * Answers the same, in the same time, whether there is such an account or not: what there is to do for one is done after the answer, which
 * `sent` waits for. Throws RATE_LIMITED, NOT_SUPPORTED_HERE.
 */
export async function requestPasswordReset(
  app: App,
  identity: Identity,
  request: { readonly email: string; readonly clientAddress: string },
): Promise<{ readonly sent: Promise<void> }> {
  await reserveAttempt(app, { email: `reset:${normalizeEmail(request.email)}`, clientAddress: request.clientAddress });
  const account = await identity.findAccount(request.email);
  if (account === null) return { sent: Promise.resolve() };
  if (app.settings.accounts.mail === null) {
    // nobody would get the link: the owner makes one (createResetLink)
    app.logger.warn('password-reset-without-mail', { userId: account.userId });
    return { sent: Promise.resolve() };
  }
  const sent = sendLink(app, account).catch((error: unknown) => {
    app.logger.error('password-reset-not-sent', { userId: account.userId }, error);
  });
  return { sent };
}

async function sendLink(app: App, account: { readonly userId: string; readonly email: string }): Promise<void> {
  const { url, expiresAt, write } = newAccountLink(app, 'password-reset', account);
  await app.store.commit([write]);
  await mailToPerson(app, { kind: 'password-reset', email: account.email, link: url, expiresAt });
}

export type ResetLink = { readonly url: string; readonly token: string; readonly expiresAt: string };

/** For the owner of the installation, who hands it over. Throws FORBIDDEN, NOT_FOUND, NOT_SUPPORTED_HERE. */
export async function createResetLink(app: App, identity: Identity, principal: Principal, email: string): Promise<ResetLink> {
  await requireInstallation(app, principal, 'installation.own');
  const account = await identity.findAccount(email);
  if (account === null) throw new AppError('NOT_FOUND', { what: 'account', id: email });
  const { url, token, expiresAt, write } = newAccountLink(app, 'password-reset', account);
  const target = { kind: 'account', id: account.userId, name: account.email };
  await app.store.commit([write, auditWrite(app, principal, 'account.reset-link-made', target)]);
  return { url, token, expiresAt };
}

export type PasswordReset = {
  readonly token: string;
  readonly password: string;
  readonly clientAddress: string;
  readonly requestId: string;
};

/** Throws LINK_INVALID, RATE_LIMITED, NOT_SUPPORTED_HERE. */
export async function resetPassword(app: App, identity: Identity, request: PasswordReset): Promise<void> {
  const { token, password, clientAddress: address, requestId } = request;
  const attempt = { email: 'reset-link', clientAddress: address };
  await reserveAttempt(app, attempt);
  await decideAgain(async () => {
    const open = await findAccountLink(app, 'password-reset', token);
    const { userId, email, createdAt } = open.link;
    // one that was made before the password last changed was for the password before
    const { user } = await readAccount(app, userId);
    if (createdAt < user.sessionsValidFrom) throw invalidLink();
    const alongside = await endingSessions(app, { userId, from: { address, requestId } }, 'password.reset');
    const outcome = await identity.changePassword({
      email,
      current: null,
      next: password,
      alongside: [usedLinkWrite(open), ...alongside],
    });
    if (outcome === 'wrong') throw invalidLink();
    if (outcome === 'outrun') throw new Outrun('account');
  });
  await forgiveAttempts(app, attempt);
}
