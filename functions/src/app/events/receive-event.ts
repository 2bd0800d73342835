/**
 * An event that the cloud delivers (Pub/Sub, Eventarc). The topic is the operator's, so the event is for the installation's organization:
 * that is configuration, and nothing that a message says can name another one. Delivered twice, it starts each workflow once.
 */
import type { App } from '../app-context.ts';
import { readOwner } from '../auth/ensure-owner.ts';
import type { IncomingEvent } from './incoming-event.ts';
import { routeEvent } from './route-event.ts';

/** Every delivered event can be told from the others: without that, a second delivery would be a second event. */
export type DeliveredEvent = IncomingEvent & { readonly id: string; readonly source: string };

export type ReceivedEvent = { readonly executionIds: readonly string[]; readonly refused: number };

/** Throws where a start failed, after all others were tried: the delivery is not acknowledged, and the next one starts the rest. */
export async function receiveEvent(app: App, event: DeliveredEvent): Promise<ReceivedEvent> {
  const owner = await readOwner(app);
  if (owner === null) {
    app.logger.warn('event-without-installation', { type: event.type, source: event.source });
    return { executionIds: [], refused: 0 };
  }
  const { executionIds, refused, failures } = await routeEvent(app, owner.principal, { event, dedupe: null });
  if (failures.length > 0) throw failures[0];
  return { executionIds, refused: refused.length };
}
