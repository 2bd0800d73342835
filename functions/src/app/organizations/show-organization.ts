import type { Organization } from '@automateos/shared/model/account';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { readOrganization } from './read-organization.ts';

/** The one that the caller works in. */
export async function showOrganization(app: App, principal: Principal): Promise<Organization> {
  requirePermission(principal, 'members.read');
  return (await readOrganization(app, principal.org)).organization;
}
