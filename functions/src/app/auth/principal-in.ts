import type { Principal } from '@automateos/shared/model/principal';
import type { Account } from './account.ts';
import type { Belonging } from './choose-organization.ts';

export type Person = Pick<Account, 'from'> & { readonly user: Pick<Account['user'], 'id' | 'email'> };

/** At work in one of their organizations. */
export function principalIn({ user, from }: Person, { member, organization }: Belonging): Principal {
  return { org: organization.id, userId: user.id, role: member.role, via: 'session', from };
}
