/** Invitations that are open: seen, and taken back. */
import { Invitation } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { isDocumentId } from '../document-id.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';

/** Newest first; those that have expired are there until maintenance removes them. */
export async function listInvitations(app: App, principal: Principal, page: PageRequest): Promise<Page<Invitation>> {
  requirePermission(principal, 'invitations.manage');
  const query = { collection: paths.invitations(principal.org), orderBy: [['createdAt', 'desc']] as const };
  const rows = await queryPage(app.store, query, page);
  return { items: rows.items.map((row) => Invitation.parse(row.data)), next: rows.next };
}

/** Throws NOT_FOUND. */
export async function revokeInvitation(app: App, principal: Principal, id: string): Promise<void> {
  requirePermission(principal, 'invitations.manage');
  const path = paths.invitation(principal.org, id);
  await decideAgain(async () => {
    const snapshot = isDocumentId(id) ? await app.store.get(path) : null;
    if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'invitation', id: id.slice(0, 64) });
    const target = { kind: 'invitation', id, name: Invitation.parse(snapshot.data).email };
    const result = await app.store.commit([
      { kind: 'delete', path, version: snapshot.version },
      auditWrite(app, principal, 'invitation.revoked', target, {}, { before: snapshot.data, after: null }),
    ]);
    if (!result.ok) throw new Outrun('invitation');
  });
}
