/** Nothing is done about it: the letter stays listed under its status until retention, and its execution as it is. */
import type { DeadLetter } from '@automateos/shared/model/dead-letter';
import { toInstant } from '@automateos/shared/model/instant';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { requireOpen } from '../engine/close-letters.ts';
import { findLetter } from './find-letter.ts';

/** Throws DEAD_LETTER_CLOSED for one that was redriven or discarded before. */
export async function discardDeadLetter(app: App, principal: Principal, id: string, reason?: string): Promise<DeadLetter> {
  requirePermission(principal, 'dead-letters.discard');
  for (;;) {
    const { path, version, data, letter } = await findLetter(app, principal, id);
    requireOpen(letter);
    const discarded = {
      status: 'discarded' as const,
      ...{ discardedAt: toInstant(app.clock.now()), discardedBy: principal.userId },
      ...(reason === undefined ? {} : { discardReason: reason }),
    };
    const after = { ...data, ...discarded };
    const details = { executionId: letter.executionId };
    const change = { before: data, after };
    const result = await app.store.commit([
      { kind: 'update', path, version, data: after },
      auditWrite(app, principal, 'dead-letter.discarded', { kind: 'dead-letter', id }, details, change),
    ]);
    if (result.ok) return { ...letter, ...discarded };
  }
}
