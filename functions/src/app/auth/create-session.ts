/** What signing in answers, and the account, member and organization documents behind it. */

import { Member, Organization, User } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Role } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';

export type Session = {
  readonly token: string;
  readonly expiresAt: string;
  readonly user: { readonly id: string; readonly email: string; readonly role: Role };
  readonly organization: { readonly id: string; readonly name: string };
};

export type Membership = { readonly user: User; readonly member: Member; readonly organization: Organization };

/** null when the account is no member of anything (any more). Read anew for every request, so that a lowered role counts at once. */
export async function readMembership(app: App, userId: string): Promise<Membership | null> {
  const stored = await app.store.get(paths.user(userId));
  if (stored === null) return null;
  const user = User.parse(stored.data);
  const [member, organization] = await app.store.getAll([paths.member(user.org, userId), paths.organization(user.org)]);
  if (!member || !organization) return null;
  return { user, member: Member.parse(member.data), organization: Organization.parse(organization.data) };
}

export async function sessionOf(
  app: App,
  signedIn: { readonly userId: string; readonly token: string; readonly expiresAt: string },
): Promise<Session> {
  const membership = await readMembership(app, signedIn.userId);
  if (membership === null) throw new AppError('UNAUTHENTICATED', { reason: 'this account has no organization.' });
  return { token: signedIn.token, expiresAt: signedIn.expiresAt, ...profileOf(membership) };
}

export function profileOf({ user, member, organization }: Membership): Pick<Session, 'user' | 'organization'> {
  return {
    user: { id: user.id, email: user.email, role: member.role },
    organization: { id: organization.id, name: organization.name },
  };
}
