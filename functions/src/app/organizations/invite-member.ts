/** An invitation: for one address, with at most the role of whoever makes it, used once, within a week. */
import type { Invitation } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal, Role } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { mailToPerson } from '../auth/account-mail.ts';
import { normalizeEmail } from '../auth/email.ts';
import { isAtMost, requirePermission } from '../auth/permissions.ts';
import { requireRoom } from '../quotas/require-quota.ts';
import { newInvitationToken } from './invitation-token.ts';
import { readOrganization } from './read-organization.ts';

const validMs = 7 * 86_400_000;

export type Invited = {
  readonly invitation: Invitation;
  /** For whoever hands it over; null where it was sent by mail. */
  readonly link: { readonly token: string; readonly url: string } | null;
};

/** Throws FORBIDDEN for a role beyond one's own, QUOTA_REACHED. */
export async function inviteMember(
  app: App,
  principal: Principal,
  request: { readonly email: string; readonly role: Role },
): Promise<Invited> {
  requirePermission(principal, 'invitations.manage');
  const { org } = principal;
  if (!isAtMost(request.role, principal.role))
    throw new AppError('FORBIDDEN', { role: principal.role, action: `invite as ${request.role}` });
  await requireRoom(app, org, 'members');
  const { organization } = await readOrganization(app, org);
  const id = app.ids.make('inv');
  const { token, digest } = newInvitationToken(app, org, id);
  const now = app.clock.now();
  const invitation: Invitation = {
    ...{ id, org, email: normalizeEmail(request.email), role: request.role, digest },
    ...{ createdAt: toInstant(now), createdBy: principal.userId, expiresAt: toInstant(now + validMs) },
  };
  const target = { kind: 'invitation', id, name: invitation.email };
  await app.store.commit([
    { kind: 'create', path: paths.invitation(org, id), data: invitation },
    auditWrite(app, principal, 'invitation.created', target, { role: invitation.role }, { before: null, after: invitation }),
  ]);
  const url = `${app.settings.publicUrl}/join#${token}`;
  const { email, expiresAt } = invitation;
  const sent = await mailToPerson(app, { kind: 'invitation', email, link: url, expiresAt, organization: organization.name });
  return { invitation, link: sent ? null : { token, url } };
}
