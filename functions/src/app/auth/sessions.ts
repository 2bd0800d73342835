/** Where somebody is signed in, and ending it. What Firebase keeps can only be ended all at once from here. */
import { SignInSession } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { accountAuditWrite } from '../audit/audit-entry.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { isDocumentId } from '../document-id.ts';
import { asDocument } from '../engine/as-document.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';
import type { Account } from './account.ts';
import { readAccount } from './read-account.ts';

export type ListedSession = SignInSession & { readonly isCurrent: boolean };

/** By id; those that have expired or were ended by a change of the password are not in force and not in the list. */
export async function listSessions(app: App, account: Account, page: PageRequest): Promise<Page<ListedSession>> {
  const current = requireKeptHere(account);
  const { user } = account;
  const rows = await queryPage(app.store, { collection: paths.sessions(user.id) }, page);
  const sessions = rows.items.map(({ data }) => SignInSession.parse(data));
  const now = toInstant(app.clock.now());
  const open = sessions.filter(({ expiresAt, createdAt }) => expiresAt > now && createdAt >= user.sessionsValidFrom);
  return { items: open.map((session) => ({ ...session, isCurrent: session.id === current })), next: rows.next };
}

/** The one that asks. */
export async function logout(app: App, account: Account): Promise<void> {
  await endSession(app, account, requireKeptHere(account));
}

/** Throws NOT_FOUND, for sessions of others too. */
export async function endSession(app: App, account: Account, id: string): Promise<void> {
  requireKeptHere(account);
  const path = paths.session(account.user.id, id);
  await decideAgain(async () => {
    const snapshot = isDocumentId(id) ? await app.store.get(path) : null;
    if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'session', id: id.slice(0, 64) });
    const result = await app.store.commit([
      { kind: 'delete', path, version: snapshot.version },
      logged(app, account, 'session.ended', id),
    ]);
    if (!result.ok) throw new Outrun('session');
  });
}

/** All of them, the one that asks included, wherever they are kept: tokens that were issued before now are void. */
export async function endAllSessions(app: App, account: Account): Promise<void> {
  await decideAgain(async () => {
    const { user, snapshot } = await readAccount(app, account.user.id);
    const data = asDocument({ ...user, sessionsValidFrom: toInstant(validFrom(app, account)) });
    const result = await app.store.commit([
      { kind: 'update', path: snapshot.path, version: snapshot.version, data },
      logged(app, account, 'session.all-ended', user.id),
    ]);
    if (!result.ok) throw new Outrun('account');
  });
}

/** Past the instant at which a session of this moment begins: in ms where they are kept here, else past the second of its token. */
function validFrom(app: App, { sessionId }: Account): number {
  return app.clock.now() + (sessionId === null ? 1_000 : 1);
}

function requireKeptHere({ sessionId }: Account): string {
  if (sessionId !== null) return sessionId;
  throw new AppError('NOT_SUPPORTED_HERE', {
    what: 'The list of sessions',
    where: 'Firebase Auth: sign out with its SDK, or end all sessions with DELETE /v1/auth/sessions',
  });
}

function logged(app: App, { user, from }: Account, action: string, id: string): Write {
  return accountAuditWrite(app, { userId: user.id, from }, action, { kind: 'session', id });
}
