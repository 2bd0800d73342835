/**
 * An organization with its version. Every change of its members writes it again, under the version that was read before the members were
 * looked at: so two changes at once never both go by what was true before either (the last owner, the quota of members).
 */
import { Organization } from '@automateos/shared/model/account';
import { AppError } from '@automateos/shared/model/app-error';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';

export type FoundOrganization = { readonly organization: Organization; readonly snapshot: Snapshot };

/** Throws NOT_FOUND. */
export async function readOrganization(app: App, org: string): Promise<FoundOrganization> {
  const snapshot = await app.store.get(paths.organization(org));
  if (snapshot === null) throw new AppError('NOT_FOUND', { what: 'organization', id: org });
  return { organization: Organization.parse(snapshot.data), snapshot };
}

/** The same content, a new version. */
export function touchWrite({ snapshot: { path, data, version } }: FoundOrganization): Write {
  return { kind: 'update', path, data, version };
}
