/** The audit log by page, newest first. Nothing in the product changes or deletes an entry of it. */
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Where } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import type { Account } from '../auth/account.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type Page, type PageRequest, scanPage } from '../paging.ts';
import { AuditEntry } from './audit-entry.ts';

export type AuditFilter = {
  /** `workflow.created`, or `workflow.` for all of them. */
  readonly action?: string | undefined;
  /** Id of a user or an API key. */
  readonly by?: string | undefined;
  /** Id of what was changed. */
  readonly target?: string | undefined;
  /** At or after, and before. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

/** The times have an index; by everything else entries are looked at, so many for a page: it may come back short with a next position. */
const scanLimit = 1_000;

export async function listAuditLog(
  app: App,
  principal: Principal,
  request: AuditFilter & PageRequest,
): Promise<Page<AuditEntry>> {
  requirePermission(principal, 'audit-log.read');
  return listLog(app, paths.auditLog(principal.org), request);
}

/** What somebody changed of their own account. */
export async function listAccountLog(app: App, { user }: Account, page: PageRequest): Promise<Page<AuditEntry>> {
  return listLog(app, paths.accountLog(user.id), page);
}

function listLog(app: App, collection: string, request: AuditFilter & PageRequest): Promise<Page<AuditEntry>> {
  const { from, to } = request;
  const where: Where[] = [];
  if (from !== undefined) where.push(['at', '>=', from]);
  if (to !== undefined) where.push(['at', '<', to]);
  const query = { collection, where, orderBy: [['at', 'desc']] as const };
  const keep = ({ data }: { readonly data: unknown }): AuditEntry | null => {
    const entry = AuditEntry.parse(data);
    return isWanted(entry, request) ? entry : null;
  };
  return scanPage(app.store, query, request, { scanLimit, keep });
}

function isWanted(entry: AuditEntry, { action, by, target }: AuditFilter): boolean {
  if (action !== undefined && !(action.endsWith('.') ? entry.action.startsWith(action) : entry.action === action)) return false;
  if (by !== undefined && entry.by.userId !== by && entry.by.keyId !== by) return false;
  return target === undefined || entry.target.id === target;
}
