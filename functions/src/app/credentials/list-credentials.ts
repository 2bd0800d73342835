import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';
import { Credential, readCredential } from './credential.ts';

/** By name. */
export async function listCredentials(app: App, principal: Principal, page: PageRequest): Promise<Page<Credential>> {
  requirePermission(principal, 'credentials.read');
  const query = { collection: paths.credentials(principal.org), orderBy: [['name', 'asc']] as const };
  const rows = await queryPage(app.store, query, page);
  return { items: rows.items.map((row) => Credential.parse(row.data)), next: rows.next };
}

export async function getCredential(app: App, principal: Principal, id: string): Promise<Credential> {
  requirePermission(principal, 'credentials.read');
  return (await readCredential(app, principal.org, id)).credential;
}
