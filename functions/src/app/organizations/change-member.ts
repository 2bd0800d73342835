/**
 * Roles of members, and their end. Nobody gives, takes or changes more than they have themselves, and an organization always has an owner:
 * two changes at once cannot both go by the other's owner still being one (read-organization.ts).
 */
import type { Member } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Principal, Role } from '@automateos/shared/model/principal';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import type { Account } from '../auth/account.ts';
import { readBelonging } from '../auth/choose-organization.ts';
import { memberWrites } from '../auth/member-writes.ts';
import { isAtMost, requirePermission } from '../auth/permissions.ts';
import { principalIn } from '../auth/principal-in.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { isDocumentId } from '../document-id.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';
import { readMember } from './read-member.ts';
import { readOrganization, touchWrite } from './read-organization.ts';

export type MemberChange = {
  readonly userId: string;
  readonly role: Role;
  readonly expected?: Expected<Member>;
};

/** Throws NOT_FOUND, FORBIDDEN, PRECONDITION_FAILED, and CONFLICT for the last owner. */
export async function changeRole(app: App, principal: Principal, { userId, role, expected }: MemberChange): Promise<Member> {
  requirePermission(principal, 'members.manage');
  requireAtMost(principal, role, 'give this role');
  return change(app, principal, userId, { kind: 'role', role, expected });
}

/** Their sessions and personal keys are worth nothing here from the next request on. Throws as changeRole. */
export async function removeMember(
  app: App,
  principal: Principal,
  { userId, expected }: Omit<MemberChange, 'role'>,
): Promise<void> {
  requirePermission(principal, 'members.manage');
  await change(app, principal, userId, { kind: 'removal', action: 'member.removed', expected });
}

/** Anybody may go, but the last owner. Throws NOT_FOUND, CONFLICT. */
export async function leaveOrganization(app: App, account: Account, org: string): Promise<void> {
  const belonging = isDocumentId(org) ? await readBelonging(app, org, account.user.id) : null;
  if (belonging === null) throw new AppError('NOT_FOUND', { what: 'organization', id: org.slice(0, 64) });
  await change(app, principalIn(account, belonging), account.user.id, {
    kind: 'removal',
    action: 'member.left',
    expected: undefined,
  });
}

type Change = ({ readonly kind: 'role'; readonly role: Role } | { readonly kind: 'removal'; readonly action: string }) & {
  readonly expected: Expected<Member>;
};

function change(app: App, principal: Principal, userId: string, wanted: Change): Promise<Member> {
  return decideAgain(async () => {
    const found = await readOrganization(app, principal.org);
    const member = await readMember(app, principal.org, userId);
    requireUnchanged(wanted.expected, member);
    requireAtMost(principal, member.role, 'change this member');
    const stays = wanted.kind === 'role' && wanted.role === 'owner';
    if (member.role === 'owner' && !stays) await requireAnotherOwner(app, principal.org, userId);
    const { after, writes } = outcome(app, principal, member, wanted);
    const result = await app.store.commit([touchWrite(found), ...writes]);
    if (!result.ok) throw new Outrun('organization');
    return after;
  });
}

function outcome(
  app: App,
  principal: Principal,
  member: Member,
  wanted: Change,
): { readonly after: Member; readonly writes: readonly Write[] } {
  const { org } = principal;
  const target = { kind: 'member', id: member.userId, name: member.email };
  if (wanted.kind === 'role') {
    const after = { ...member, role: wanted.role };
    const details = { from: member.role, to: wanted.role };
    const audit = auditWrite(app, principal, 'member.role-changed', target, details, { before: member, after });
    return { after, writes: [...memberWrites(org, after), audit] };
  }
  const audit = auditWrite(app, principal, wanted.action, target, { role: member.role }, { before: member, after: null });
  const gone: readonly Write[] = [
    { kind: 'delete', path: paths.member(org, member.userId) },
    { kind: 'delete', path: paths.membership(member.userId, org) },
  ];
  return { after: member, writes: [...gone, audit] };
}

async function requireAnotherOwner(app: App, org: string, userId: string): Promise<void> {
  const owners = await app.store.query({ collection: paths.members(org), where: [['role', '==', 'owner']], limit: 2 });
  if (owners.some(({ data }) => data.userId !== userId)) return;
  throw new AppError('CONFLICT', { reason: 'An organization has an owner: make somebody else one first.' });
}

function requireAtMost(principal: Principal, role: Role, action: string): void {
  if (!isAtMost(role, principal.role)) throw new AppError('FORBIDDEN', { role: principal.role, action: `${action}: ${role}` });
}
