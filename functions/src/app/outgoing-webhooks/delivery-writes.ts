/**
 * What an event adds to the commit that makes it true: for each endpoint that wants it a delivery, and the branch that carries it. The branch
 * belongs to no execution (its "execution" is the delivery): claimed, leased, woken and swept like any other, it costs the organization's
 * runs nothing and is in no list of them. So an event is told exactly if it happened, whatever dies in between.
 */
import { toInstant } from '@automateos/shared/model/instant';
import type { WebhookDelivery, WebhookEndpoint } from '@automateos/shared/model/outgoing-webhook';
import { paths } from '@automateos/shared/model/paths';
import type { Write } from '@automateos/shared/ports/document-store';
import type { BranchRef } from '@automateos/shared/ports/queue';
import type { App } from '../app-context.ts';
import { announce } from '../engine/announce.ts';
import { asDocument } from '../engine/as-document.ts';
import { newBranch } from '../engine/branch-document.ts';
import type { CallerWrites } from '../engine/caller-writes.ts';
import { knownEndpoints } from './read-endpoints.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** The id of the one branch that a delivery has; no execution has one of this name. */
export const carrierId = '$delivery';

/** Days that the log keeps a delivery. */
const keptDays = 30;
const dayMs = 86_400_000;

const none: CallerWrites = { writes: [], hints: 0, announce: async () => {} };

/** `event` null: nothing that anybody hears of. */
export async function eventWrites(app: App, org: string, event: WebhookEvent | null): Promise<CallerWrites> {
  if (event === null) return none;
  const wanting = (await knownEndpoints(app, org)).filter((endpoint) => wants(endpoint, event));
  return wanting.length === 0 ? none : deliveries(app, org, event, wanting);
}

function wants({ enabled, events, workflowIds }: WebhookEndpoint, { type, workflowId }: WebhookEvent): boolean {
  if (!enabled || type === 'webhook.test' || !events.includes(type)) return false;
  return workflowIds === null || (workflowId !== null && workflowIds.includes(workflowId));
}

export type NewDeliveries = CallerWrites & { readonly created: readonly WebhookDelivery[] };

/** To each of these, whatever it has asked for. */
export function deliveries(app: App, org: string, event: WebhookEvent, to: readonly WebhookEndpoint[]): NewDeliveries {
  const now = app.clock.now();
  const { id: eventId, type, timestamp, executionId, data } = event;
  const payload = JSON.stringify({ type, timestamp, data });
  const created = to.map(({ id: endpointId }): WebhookDelivery => {
    const id = app.ids.make('dlv');
    return {
      ...{ id, org, endpointId, eventId, type, executionId, payload },
      ...{ status: 'pending', tries: 0, attempts: [], nextAttemptAt: toInstant(now) },
      ...{ createdAt: toInstant(now), endedAt: null, expiresAt: toInstant(now + keptDays * dayMs) },
    };
  });
  const writes = created.flatMap((delivery): Write[] => [
    { kind: 'create', path: paths.webhookDelivery(org, delivery.id), data: asDocument(delivery) },
    carrierWrite(app, delivery),
  ]);
  const refs = created.map(carrierRef);
  return { writes, hints: refs.length, created, announce: () => announce(app, 'branches', refs) };
}

export function carrierWrite(app: App, { org, id }: Pick<WebhookDelivery, 'org' | 'id'>): Write {
  const at = { scope: '', node: carrierId };
  const first = { id: carrierId, scope: '', first: carrierId, at, lane: null, steps: [] };
  const branch = newBranch({ org, executionId: id }, first, null, app.clock.now());
  return { kind: 'create', path: paths.branch(org, id, carrierId), data: asDocument(branch) };
}

export function carrierRef({ org, id }: Pick<WebhookDelivery, 'org' | 'id'>): BranchRef {
  return { org, executionId: id, branchId: carrierId };
}
