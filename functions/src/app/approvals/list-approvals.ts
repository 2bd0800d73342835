/** Decisions that people owe, and those they made. */
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { Approval } from '@automateos/shared/model/wait';
import { compileJsonSchema } from '../../json-schema/compile-json-schema.ts';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { isDocumentId } from '../document-id.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';

export type ListApprovals = PageRequest & { readonly status?: Approval['status'] | undefined };

/** Newest first. */
export async function listApprovals(app: App, principal: Principal, request: ListApprovals): Promise<Page<Approval>> {
  requirePermission(principal, 'approvals.read');
  const where = request.status === undefined ? [] : [['status', '==', request.status] as const];
  const query = { collection: paths.approvals(principal.org), where, orderBy: [['createdAt', 'desc']] as const };
  const rows = await queryPage(app.store, query, request);
  return { items: rows.items.map((row) => Approval.parse(row.data)), next: rows.next };
}

export async function getApproval(app: App, principal: Principal, id: string): Promise<Approval> {
  requirePermission(principal, 'approvals.read');
  const row = isDocumentId(id) ? await app.store.get(paths.approval(principal.org, id)) : null;
  if (row === null) throw new AppError('NOT_FOUND', { what: 'approval', id: id.slice(0, 64) });
  return Approval.parse(row.data);
}

/** What an approval's form asks for; the form never changes, so it can be checked ahead of the decision. Throws INVALID_PARAMS. */
export function checkFormData(approval: Approval, data: JsonValue): void {
  if (approval.form === undefined) return;
  const compiled = compileJsonSchema(approval.form);
  const fault = compiled.ok ? compiled.validate(data) : null;
  if (fault !== null) throw new AppError('INVALID_PARAMS', { reason: `data does not fit the form: ${fault}` });
}
