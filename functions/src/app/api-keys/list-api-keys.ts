import { ApiKey } from '@automateos/shared/model/account';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';

/** Newest first. */
export async function listApiKeys(app: App, principal: Principal, page: PageRequest): Promise<Page<ApiKey>> {
  requirePermission(principal, 'api-keys.manage');
  const query = { collection: paths.apiKeys(principal.org), orderBy: [['createdAt', 'desc']] as const };
  const rows = await queryPage(app.store, query, page);
  return { items: rows.items.map((row) => ApiKey.parse(row.data)), next: rows.next };
}
