import { AppError } from '@automateos/shared/model/app-error';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { isDocumentId } from '../document-id.ts';
import { requestStop } from './request-stop.ts';

/** Cancels. Steps under way are told; what has finished is compensated where the definition says so. Asking twice is fine. */
export async function stopExecution(app: App, principal: Principal, executionId: string, to: 'cancelled'): Promise<void> {
  requirePermission(principal, 'executions.control');
  const known = isDocumentId(executionId);
  const answer = known ? await requestStop(app, principal.org, executionId, to, { by: principal.userId }) : 'absent';
  if (answer === 'absent') throw new AppError('NOT_FOUND', { what: 'execution', id: executionId });
  if (answer === 'over') throw new AppError('CONFLICT', { reason: `Execution ${executionId} has ended already.` });
}
