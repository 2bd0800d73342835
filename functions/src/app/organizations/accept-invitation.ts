/**
 * Joining by invitation. The address must be the invited one; whoever invited must still be able to give the role; the invitation is gone
 * with the commit that makes the member, so that it works once.
 */
import { ApiKey, Member } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Role } from '@automateos/shared/model/principal';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import type { Account } from '../auth/account.ts';
import { type Belonging, readBelonging } from '../auth/choose-organization.ts';
import { normalizeEmail } from '../auth/email.ts';
import { memberWrites } from '../auth/member-writes.ts';
import { isAtMost, mayDo } from '../auth/permissions.ts';
import { type Person, principalIn } from '../auth/principal-in.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { requireRoomForMembership } from './create-organization.ts';
import { findInvitation, invalidInvitation, type OpenInvitation } from './invitation-token.ts';
import { readOrganization, touchWrite } from './read-organization.ts';

/** Throws LINK_INVALID, INVALID_PARAMS for another address, CONFLICT for a member. */
export async function acceptInvitation(app: App, account: Account, token: string): Promise<Belonging> {
  await requireRoomForMembership(app, account);
  return decideAgain(async () => {
    const { belonging, writes } = await joining(app, account, token);
    const result = await app.store.commit(writes);
    if (!result.ok) throw new Outrun('organization');
    return belonging;
  });
}

/** What makes the member, for a commit that may hold more: the account's own document, for who is new. */
export async function joining(
  app: App,
  account: Person,
  token: string,
): Promise<{ readonly belonging: Belonging; readonly writes: readonly Write[] }> {
  const open = await invitationFor(app, account.user.email, token);
  const { invitation, snapshot } = open;
  const { org, role } = invitation;
  const found = await readOrganization(app, org);
  if ((await readBelonging(app, org, account.user.id)) !== null)
    throw new AppError('CONFLICT', { reason: 'You are a member of this organization already.' });
  const now = toInstant(app.clock.now());
  const member: Member = { userId: account.user.id, email: account.user.email, role, since: now };
  const belonging = { member, organization: found.organization };
  const target = { kind: 'member', id: member.userId, name: member.email };
  const details = { invitation: invitation.id, invitedBy: invitation.createdBy, role };
  const writes: readonly Write[] = [
    touchWrite(found),
    { kind: 'delete', path: snapshot.path, version: snapshot.version },
    ...memberWrites(org, member),
    auditWrite(app, principalIn(account, belonging), 'member.joined', target, details, { before: null, after: member }),
  ];
  return { belonging, writes };
}

/** Throws LINK_INVALID, and INVALID_PARAMS for another address: whoever holds the token may know that it is not for this one. */
export async function invitationFor(app: App, email: string, token: string): Promise<OpenInvitation> {
  const open = await openInvitation(app, token);
  if (normalizeEmail(email) !== open.invitation.email)
    throw new AppError('INVALID_PARAMS', { reason: 'This invitation is for another email address than the account’s.' });
  return open;
}

/** One that works still: whoever made it may still give its role. Throws LINK_INVALID. */
export async function openInvitation(app: App, token: string): Promise<OpenInvitation> {
  const open = await findInvitation(app, token);
  const { org, role, createdBy } = open.invitation;
  const inviter = await inviterRole(app, org, createdBy);
  if (inviter === null || !isAtMost(role, inviter) || !mayDo(inviter, 'invitations.manage')) throw invalidInvitation();
  return open;
}

/** What whoever invited may give now; null when they are gone. */
async function inviterRole(app: App, org: string, createdBy: string): Promise<Role | null> {
  const [member, key] = await app.store.getAll([paths.member(org, createdBy), paths.apiKey(org, createdBy)]);
  if (member) return Member.parse(member.data).role;
  return key ? ApiKey.parse(key.data).role : null;
}
