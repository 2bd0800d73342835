/** An event that somebody sends: who sends it hears what it started, and what refused it. */
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { type EventToRoute, type Refused, routeEvent } from './route-event.ts';

export type SentEvent = { readonly executionIds: readonly string[]; readonly refused: readonly Refused[] };

/**
 * Throws where a start failed, after all others were tried: sent again with its id (or Idempotency-Key), the event starts the rest. Throws
 * the refusal where nothing was started and something refused.
 */
export async function sendEvent(app: App, principal: Principal, request: EventToRoute): Promise<SentEvent> {
  requirePermission(principal, 'events.send');
  const { executionIds, refused, failures } = await routeEvent(app, principal, request);
  if (failures.length > 0) throw failures[0];
  const [first] = refused;
  if (first && executionIds.length === 0) throw first.error;
  return { executionIds, refused };
}
