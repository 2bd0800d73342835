/** The documents of a new organization: its own and its owner's. */
import type { Member, Organization } from '@automateos/shared/model/account';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import type { Belonging } from './choose-organization.ts';
import { memberWrites } from './member-writes.ts';

export type NewOrganization = { readonly belonging: Belonging; readonly writes: readonly Write[] };

export function newOrganization(app: App, owner: { readonly id: string; readonly email: string }, name: string): NewOrganization {
  const now = toInstant(app.clock.now());
  const organization: Organization = { id: app.ids.make('org'), name, createdAt: now };
  const member: Member = { userId: owner.id, email: owner.email, role: 'owner', since: now };
  const created = { kind: 'create', path: paths.organization(organization.id), data: organization } as const;
  return { belonging: { organization, member }, writes: [created, ...memberWrites(organization.id, member)] };
}
