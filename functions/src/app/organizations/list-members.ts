import { Member } from '@automateos/shared/model/account';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';

/** By id: their order means nothing, but does not change. */
export async function listMembers(app: App, principal: Principal, page: PageRequest): Promise<Page<Member>> {
  requirePermission(principal, 'members.read');
  const rows = await queryPage(app.store, { collection: paths.members(principal.org) }, page);
  return { items: rows.items.map((row) => Member.parse(row.data)), next: rows.next };
}
