/** A new organization. Whoever makes it owns it; nobody else is in it. */
import { AppError } from '@automateos/shared/model/app-error';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import type { Account } from '../auth/account.ts';
import { type Belonging, mostMemberships, organizationIdsOf } from '../auth/choose-organization.ts';
import { newOrganization } from '../auth/new-organization.ts';
import { principalIn } from '../auth/principal-in.ts';

/** Throws QUOTA_REACHED for who is a member of too many. */
export async function createOrganization(app: App, account: Account, name: string): Promise<Belonging> {
  await requireRoomForMembership(app, account);
  const { belonging, writes } = newOrganization(app, account.user, name);
  const target = { kind: 'organization', id: belonging.organization.id, name };
  const change = { before: null, after: belonging.organization };
  const audit = auditWrite(app, principalIn(account, belonging), 'organization.created', target, {}, change);
  await app.store.commit([...writes, audit]);
  return belonging;
}

export async function requireRoomForMembership(app: App, { user }: Pick<Account, 'user'>): Promise<void> {
  const { length: used } = await organizationIdsOf(app, user);
  if (used >= mostMemberships)
    throw new AppError('QUOTA_REACHED', { used, limit: mostMemberships, what: 'memberships of one person' });
}
