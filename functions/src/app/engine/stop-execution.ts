import { AppError } from '@automateos/shared/model/app-error';
import type { JsonObject } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { isDocumentId } from '../document-id.ts';
import { requestStop } from './request-stop.ts';

/**
 * Cancels. Steps under way are told; what has finished is compensated where the definition says so. Asking twice is fine, and stands in the
 * audit log once, with `details`.
 */
export async function stopExecution(
  app: App,
  principal: Principal,
  executionId: string,
  to: 'cancelled',
  details: JsonObject = {},
): Promise<void> {
  requirePermission(principal, 'executions.control');
  const answer = isDocumentId(executionId)
    ? await requestStop(app, principal.org, executionId, {
        ...{ to, reason: { by: principal.userId } },
        alongside: (change) =>
          auditWrite(app, principal, 'execution.cancel', { kind: 'execution', id: executionId }, details, change),
      })
    : 'absent';
  if (answer === 'absent') throw new AppError('NOT_FOUND', { what: 'execution', id: executionId });
  if (answer === 'over') throw new AppError('CONFLICT', { reason: `Execution ${executionId} has ended already.` });
}
