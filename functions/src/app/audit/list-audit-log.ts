import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';
import { AuditEntry } from './audit-entry.ts';

/** Newest first. */
export async function listAuditLog(app: App, principal: Principal, page: PageRequest): Promise<Page<AuditEntry>> {
  requirePermission(principal, 'audit-log.read');
  const query = { collection: paths.auditLog(principal.org), orderBy: [['at', 'desc']] as const };
  const rows = await queryPage(app.store, query, page);
  return { items: rows.items.map((row) => AuditEntry.parse(row.data)), next: rows.next };
}
