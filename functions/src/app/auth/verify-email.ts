/** That an address is its account's: a link goes there, and comes back. Nothing depends on it here; whoever mails people may look at it. */

import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import type { App } from '../app-context.ts';
import { accountAuditWrite } from '../audit/audit-entry.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { asDocument } from '../engine/as-document.ts';
import type { Account } from './account.ts';
import { findAccountLink, invalidLink, newAccountLink, usedLinkWrite } from './account-links.ts';
import { mailToPerson } from './account-mail.ts';
import { readAccount } from './read-account.ts';
import { forgiveAttempts, reserveAttempt } from './sign-in-throttle.ts';

/** Throws NOT_SUPPORTED_HERE where no mail goes out, RATE_LIMITED. */
export async function requestEmailVerification(app: App, { user, from }: Account): Promise<void> {
  if (app.settings.accounts.mail === null) {
    const where = 'an installation that sends mail: set AUTOMATEOS_ACCOUNT_MAIL_URL';
    throw new AppError('NOT_SUPPORTED_HERE', { what: 'A link that verifies an address', where });
  }
  await reserveAttempt(app, { email: `verify:${user.email}`, clientAddress: from.address });
  const { url, expiresAt, write } = newAccountLink(app, 'email-verification', { userId: user.id, email: user.email });
  await app.store.commit([write]);
  await mailToPerson(app, { kind: 'email-verification', email: user.email, link: url, expiresAt });
}

export type Verification = { readonly token: string; readonly clientAddress: string; readonly requestId: string };

/** Throws LINK_INVALID, RATE_LIMITED. */
export async function verifyEmail(app: App, { token, clientAddress: address, requestId }: Verification): Promise<void> {
  const attempt = { email: 'verification-link', clientAddress: address };
  await reserveAttempt(app, attempt);
  await decideAgain(async () => {
    const open = await findAccountLink(app, 'email-verification', token);
    const { user, snapshot } = await readAccount(app, open.link.userId);
    if (user.email !== open.link.email) throw invalidLink();
    const data = asDocument({ ...user, emailVerifiedAt: toInstant(app.clock.now()) });
    const who = { userId: user.id, from: { address, requestId } };
    const result = await app.store.commit([
      usedLinkWrite(open),
      { kind: 'update', path: snapshot.path, version: snapshot.version, data },
      accountAuditWrite(app, who, 'email.verified', { kind: 'account', id: user.id, name: user.email }),
    ]);
    if (!result.ok) throw new Outrun('account');
  });
  await forgiveAttempts(app, attempt);
}
