/**
 * An organization ends at once for everybody: its document, its members and so every session and personal key in it. It must hold no
 * workflow and nothing that runs, so that nothing of value goes by one call and no engine works for nobody. What else it has left (finished
 * executions, variables, credentials, keys, its log) nobody can reach any more, and maintenance removes.
 */

import type { Organization } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { readOwner } from '../auth/ensure-owner.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { countUnfinished } from '../quotas/count-use.ts';
import { type Expected, requireUnchanged } from '../require-unchanged.ts';
import { readOrganization } from './read-organization.ts';

/** Two writes each: as many as one commit holds. */
const mostMembers = 200;

/** Throws PRECONDITION_FAILED, and CONFLICT that says what is in the way. */
export async function deleteOrganization(app: App, principal: Principal, expected?: Expected<Organization>): Promise<void> {
  requirePermission(principal, 'organizations.delete');
  const { org } = principal;
  const installation = (await readOwner(app))?.principal.org ?? org;
  if (installation === org) throw inTheWay('it is the one that runs the installation');
  await decideAgain(async () => {
    const { organization, snapshot } = await readOrganization(app, org);
    requireUnchanged(expected, organization);
    const members = await app.store.query({ collection: paths.members(org), limit: mostMembers + 1 });
    if (members.length > mostMembers) throw inTheWay(`it has more than ${mostMembers} members: remove some first`);
    await requireIdle(app, org);
    // the log of the organization goes with it: this line is kept by whoever runs the installation
    const target = { kind: 'organization', id: org, name: organization.name };
    const change = { before: organization, after: null };
    const deletedAt = toInstant(app.clock.now());
    const result = await app.store.commit([
      { kind: 'delete', path: snapshot.path, version: snapshot.version },
      { kind: 'set', path: paths.deletedOrganization(org), data: { org, deletedAt, deletedBy: principal.userId } },
      auditWrite(app, { ...principal, org: installation }, 'organization.deleted', target, {}, change),
      ...members.flatMap(({ path, data }) => [
        { kind: 'delete' as const, path },
        { kind: 'delete' as const, path: paths.membership(String(data.userId), org) },
      ]),
    ]);
    if (!result.ok) throw new Outrun('organization');
  });
}

async function requireIdle(app: App, org: string): Promise<void> {
  const workflows = await app.store.count({ collection: paths.workflows(org) });
  if (workflows > 0) throw inTheWay(`it has ${workflows} workflow(s): delete them first`);
  const unfinished = await countUnfinished(app, org);
  if (unfinished > 0) throw inTheWay(`${unfinished} execution(s) are not finished: cancel them first`);
}

function inTheWay(reason: string): AppError {
  return new AppError('CONFLICT', { reason: `The organization cannot be deleted: ${reason}.` });
}
