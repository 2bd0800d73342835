import type { Organization } from '@automateos/shared/model/account';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';
import { readOrganization } from './read-organization.ts';

/** Throws PRECONDITION_FAILED; without an expectation the last writer wins. */
export async function renameOrganization(
  app: App,
  principal: Principal,
  name: string,
  expected?: Expected<Organization>,
): Promise<Organization> {
  requirePermission(principal, 'organizations.manage');
  return decideAgain(async () => {
    const { organization, snapshot } = await readOrganization(app, principal.org);
    requireUnchanged(expected, organization);
    const renamed = { ...organization, name };
    const target = { kind: 'organization', id: organization.id, name };
    const change = { before: organization, after: renamed };
    const result = await app.store.commit([
      { kind: 'update', path: snapshot.path, data: renamed, version: snapshot.version },
      auditWrite(app, principal, 'organization.renamed', target, {}, change),
    ]);
    if (!result.ok) throw new Outrun('organization');
    return renamed;
  });
}
