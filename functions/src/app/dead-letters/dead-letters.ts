/** Steps that were given up on after their worker died again and again. Each is listed until somebody redrives it. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { isDocumentId } from '../document-id.ts';
import { asDocument } from '../engine/as-document.ts';
import { retryExecution } from '../engine/retry-execution.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';

export const DeadLetter = z.object({
  id: z.string(),
  status: z.enum(['open', 'redriven']),
  reason: z.string(),
  message: z.string(),
  executionId: z.string(),
  workflowId: z.string(),
  nodeId: z.string(),
  scope: z.string(),
  createdAt: z.string(),
  redrivenAt: z.string().optional(),
  redrivenBy: z.string().optional(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

export type ListDeadLetters = PageRequest & { readonly status?: DeadLetter['status'] | undefined };

/** Newest first. */
export async function listDeadLetters(app: App, principal: Principal, request: ListDeadLetters): Promise<Page<DeadLetter>> {
  requirePermission(principal, 'dead-letters.read');
  const where = request.status === undefined ? [] : [['status', '==', request.status] as const];
  const query = { collection: paths.deadLetters(principal.org), where, orderBy: [['createdAt', 'desc']] as const };
  const rows = await queryPage(app.store, query, request);
  return { items: rows.items.map((row) => DeadLetter.parse(row.data)), next: rows.next };
}

/** Retries its execution from what failed. Throws NOT_FOUND, NOT_RETRYABLE_NOW. */
export async function redriveDeadLetter(app: App, principal: Principal, id: string): Promise<{ readonly executionId: string }> {
  requirePermission(principal, 'dead-letters.redrive');
  const row = isDocumentId(id) ? await app.store.get(paths.deadLetter(principal.org, id)) : null;
  if (row === null) throw new AppError('NOT_FOUND', { what: 'dead letter', id: id.slice(0, 64) });
  const letter = DeadLetter.parse(row.data);
  const { executionId } = await retryExecution(app, principal, letter.executionId);
  const redriven = { status: 'redriven', redrivenAt: toInstant(app.clock.now()), redrivenBy: principal.userId };
  await app.store.commit([
    { kind: 'set', path: row.path, data: asDocument({ ...row.data, ...redriven }) },
    auditWrite(app, principal, 'dead-letter.redriven', { kind: 'dead-letter', id }, { executionId }),
  ]);
  return { executionId };
}
