/**
 * Links that prove that somebody reads an address's mail: a secret of 248 bits, stored as its digest, used once, for as long as it says. What
 * does not lead to one is told apart for nobody.
 */
import { AccountLink } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { digest } from '../digest.ts';

type Kind = AccountLink['kind'];

const validMs: Readonly<Record<Kind, number>> = { 'password-reset': 30 * 60_000, 'email-verification': 7 * 86_400_000 };
const page: Readonly<Record<Kind, string>> = { 'password-reset': 'reset-password', 'email-verification': 'verify-email' };

export type NewLink = { readonly url: string; readonly token: string; readonly expiresAt: string; readonly write: Write };

export function newAccountLink(app: App, kind: Kind, account: { readonly userId: string; readonly email: string }): NewLink {
  const token = `${app.ids.make('').slice(1)}${app.ids.make('').slice(1)}`;
  const now = app.clock.now();
  const expiresAt = toInstant(now + validMs[kind]);
  const link: AccountLink = { kind, userId: account.userId, email: account.email, createdAt: toInstant(now), expiresAt };
  const write = { kind: 'create', path: pathOf(kind, token), data: link } as const;
  return { url: `${app.settings.publicUrl}/${page[kind]}#${token}`, token, expiresAt, write };
}

export type OpenLink = { readonly link: AccountLink; readonly snapshot: Snapshot };

/** Throws LINK_INVALID. */
export async function findAccountLink(app: App, kind: Kind, token: string): Promise<OpenLink> {
  const snapshot = /^[0-9a-z]{48}$/.test(token) ? await app.store.get(pathOf(kind, token)) : null;
  if (snapshot === null) throw invalidLink();
  const link = AccountLink.parse(snapshot.data);
  if (link.kind !== kind || fromInstant(link.expiresAt) <= app.clock.now()) throw invalidLink();
  return { link, snapshot };
}

/** In the commit of what it is used for: a second use fails there. */
export function usedLinkWrite({ snapshot: { path, version } }: OpenLink): Write {
  return { kind: 'delete', path, version };
}

export function invalidLink(): AppError {
  return new AppError('LINK_INVALID', { what: 'link' });
}

function pathOf(kind: Kind, token: string): string {
  return paths.accountLink(digest('account-link', kind, token));
}
