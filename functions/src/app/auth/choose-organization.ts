/**
 * Which organization a signed-in person works in. The request names one, or there is but one: never a default among several, because what
 * is then done in the wrong one cannot be seen in the request. Memberships are asked for anew each time.
 *
 * Accounts of earlier releases have no mirror of their membership: `user.org` stands for it.
 */
import { Member, Organization, type User } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { isDocumentId } from '../document-id.ts';

/** The most organizations that one person is a member of. */
export const mostMemberships = 100;

export type Belonging = { readonly member: Member; readonly organization: Organization };

/** null when the person is no member there, or there is no such organization (any more). */
export async function readBelonging(app: App, org: string, userId: string): Promise<Belonging | null> {
  const [member, organization] = await app.store.getAll([paths.member(org, userId), paths.organization(org)]);
  if (!member || !organization) return null;
  return { member: Member.parse(member.data), organization: Organization.parse(organization.data) };
}

/** Ids, the first one's first. Documents decide what of it is true: see readBelonging. */
export async function organizationIdsOf(app: App, user: User, limit = mostMemberships): Promise<readonly string[]> {
  const rows = await app.store.query({ collection: paths.memberships(user.id), limit });
  const mirrored = rows.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  return mirrored.includes(user.org) ? mirrored : [user.org, ...mirrored];
}

/** Of the header X-Organization-Id, null when absent. Throws MALFORMED_REQUEST. */
export function parseSelection(header: string | null): string | null {
  if (header === null) return null;
  if (isDocumentId(header)) return header;
  throw new AppError('MALFORMED_REQUEST', { reason: 'X-Organization-Id must be the id of one organization, sent once.' });
}

/** Throws MALFORMED_REQUEST, ORGANIZATION_REQUIRED, NOT_FOUND for a foreign one, UNAUTHENTICATED for a member of nothing. */
export async function chooseOrganization(app: App, user: User, header: string | null): Promise<Belonging> {
  const selected = parseSelection(header);
  if (selected !== null) {
    const belonging = await readBelonging(app, selected, user.id);
    if (belonging === null) throw new AppError('NOT_FOUND', { what: 'organization', id: selected });
    return belonging;
  }
  // three tell several from one even where the first is stale
  const ids = await organizationIdsOf(app, user, 3);
  const found = (await Promise.all(ids.map((org) => readBelonging(app, org, user.id)))).filter((one) => one !== null);
  const [only, another] = found;
  if (only === undefined) throw new AppError('UNAUTHENTICATED', { reason: 'this account has no organization.' });
  if (another !== undefined) throw new AppError('ORGANIZATION_REQUIRED');
  return only;
}
