import { Member } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { isDocumentId } from '../document-id.ts';

export async function getMember(app: App, principal: Principal, userId: string): Promise<Member> {
  requirePermission(principal, 'members.read');
  return readMember(app, principal.org, userId);
}

/** Throws NOT_FOUND. */
export async function readMember(app: App, org: string, userId: string): Promise<Member> {
  const snapshot = isDocumentId(userId) ? await app.store.get(paths.member(org, userId)) : null;
  if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'member', id: userId.slice(0, 64) });
  return Member.parse(snapshot.data);
}
