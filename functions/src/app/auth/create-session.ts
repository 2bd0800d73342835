/** What signing in answers, from the account, member and organization documents behind it. */
import { User } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Role } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { type Belonging, organizationIdsOf, readBelonging } from './choose-organization.ts';

/** What a person is in one organization. */
export type Profile = {
  readonly user: { readonly id: string; readonly email: string; readonly role: Role };
  readonly organization: { readonly id: string; readonly name: string };
};

/** `organization` and the role in it are absent for a member of nothing. */
export type Session = (Profile | { readonly user: Omit<Profile['user'], 'role'> }) & {
  readonly token: string;
  readonly expiresAt: string;
  /** All that the person is a member of; `organization` is the first of them. */
  readonly organizations: readonly { readonly id: string; readonly name: string; readonly role: Role }[];
};

export async function readUser(app: App, userId: string): Promise<User | null> {
  const stored = await app.store.get(paths.user(userId));
  return stored === null ? null : User.parse(stored.data);
}

/** All that somebody is a member of: the organization that the account was made with, then the longest membership first. */
export async function belongingsOf(app: App, user: User): Promise<readonly Belonging[]> {
  const ids = await organizationIdsOf(app, user);
  const found = (await Promise.all(ids.map((org) => readBelonging(app, org, user.id)))).filter((one) => one !== null);
  const rank = ({ organization, member }: Belonging): string => (organization.id === user.org ? '' : member.since);
  return found.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
}

export async function sessionOf(
  app: App,
  signedIn: { readonly userId: string; readonly token: string; readonly expiresAt: string },
): Promise<Session> {
  const user = await readUser(app, signedIn.userId);
  const belongings = user === null ? [] : await belongingsOf(app, user);
  if (user === null) throw new AppError('UNAUTHENTICATED', { reason: 'this account has no organization.' });
  const organizations = belongings.map(({ organization: { id, name }, member: { role } }) => ({ id, name, role }));
  const [first] = belongings;
  const profile = first === undefined ? { user: { id: user.id, email: user.email } } : profileOf(user, first);
  return { token: signedIn.token, expiresAt: signedIn.expiresAt, ...profile, organizations };
}

export function profileOf(user: User, { member, organization }: Belonging): Profile {
  return {
    user: { id: user.id, email: user.email, role: member.role },
    organization: { id: organization.id, name: organization.name },
  };
}
