/** The log of deliveries, and sending again what it holds. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { type DeliveryStatus, WebhookDelivery } from '@automateos/shared/model/outgoing-webhook';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { Snapshot, Where } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { decideAgain, Outrun } from '../decide-again.ts';
import { isDocumentId } from '../document-id.ts';
import { announce } from '../engine/announce.ts';
import { asDocument } from '../engine/as-document.ts';
import { type Page, type PageRequest, queryPage } from '../paging.ts';
import { carrierRef, carrierWrite, deliveries } from './delivery-writes.ts';
import { endpointOf, readEndpoints } from './read-endpoints.ts';
import { testEvent } from './webhook-event.ts';

export type ListDeliveries = PageRequest & {
  readonly endpointId: string;
  readonly status?: DeliveryStatus | undefined;
  /** Created at or after, and before. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
};

/** Newest first; of an endpoint that was deleted as long as there are some. Throws NOT_FOUND. */
export async function listDeliveries(app: App, principal: Principal, request: ListDeliveries): Promise<Page<WebhookDelivery>> {
  requirePermission(principal, 'webhooks.read');
  const rows = await queryPage(app.store, { ...queryOf(principal.org, request), orderBy: [['createdAt', 'desc']] }, request);
  if (rows.items.length === 0) endpointOf(await readEndpoints(app, principal.org), request.endpointId);
  return { items: rows.items.map(({ data }) => WebhookDelivery.parse(data)), next: rows.next };
}

export async function getDelivery(app: App, principal: Principal, id: string): Promise<WebhookDelivery> {
  requirePermission(principal, 'webhooks.read');
  return WebhookDelivery.parse((await readDelivery(app, principal.org, id)).data);
}

/** The same message once more, with the whole schedule before it. Throws CONFLICT while it is under way. */
export async function replayDelivery(app: App, principal: Principal, id: string): Promise<WebhookDelivery> {
  requirePermission(principal, 'webhooks.manage');
  return decideAgain(async () => {
    const row = await readDelivery(app, principal.org, id);
    if (row.data.status === 'pending') throw new AppError('CONFLICT', { reason: `Delivery ${id} is under way.` });
    return replay(app, principal, row);
  });
}

export type ReplayRange = Pick<ListDeliveries, 'endpointId' | 'from' | 'to'> & { readonly status: 'failed' | 'delivered' };

/** Of one call; what is left is the next one's. */
const replayLimit = 200;

/** From the newest back. `more`: the limit of one call was reached; go on with `to` = the instant of the last. */
export async function replayDeliveries(
  app: App,
  principal: Principal,
  range: ReplayRange,
): Promise<{ readonly replayed: number; readonly more: boolean; readonly oldest: string | null }> {
  requirePermission(principal, 'webhooks.manage');
  endpointOf(await readEndpoints(app, principal.org), range.endpointId);
  const query = { ...queryOf(principal.org, range), orderBy: [['createdAt', 'desc']] as const };
  const { items, next } = await queryPage(app.store, query, { limit: replayLimit, after: null });
  let replayed = 0;
  for (const row of items) {
    try {
      await replay(app, principal, row);
      replayed += 1;
    } catch (error) {
      if (!(error instanceof Outrun)) throw error; // somebody else replays it
    }
  }
  const oldest = items.at(-1)?.data.createdAt;
  return { replayed, more: next !== null, oldest: typeof oldest === 'string' ? oldest : null };
}

/** Sent to this endpoint alone, whatever events it wants. Throws CONFLICT where it is switched off. */
export async function sendTestEvent(app: App, principal: Principal, endpointId: string): Promise<WebhookDelivery> {
  requirePermission(principal, 'webhooks.manage');
  const { org } = principal;
  const endpoint = endpointOf(await readEndpoints(app, org), endpointId);
  if (!endpoint.enabled) throw new AppError('CONFLICT', { reason: 'The endpoint is switched off.' });
  const {
    writes,
    created,
    announce: tell,
  } = deliveries(app, org, testEvent(app, endpointId, toInstant(app.clock.now())), [endpoint]);
  const [delivery] = created;
  if (delivery === undefined) throw new AppError('INTERNAL'); // one endpoint, one delivery
  const target = { kind: 'webhook-endpoint', id: endpointId };
  await app.store.commit([...writes, auditWrite(app, principal, 'webhook-endpoint.tested', target, { deliveryId: delivery.id })]);
  await tell();
  return delivery;
}

async function replay(app: App, principal: Principal, row: Snapshot): Promise<WebhookDelivery> {
  const before = WebhookDelivery.parse(row.data);
  const nextAttemptAt = toInstant(app.clock.now());
  const again: WebhookDelivery = { ...before, status: 'pending', tries: 0, nextAttemptAt, endedAt: null };
  const target = { kind: 'webhook-delivery', id: again.id };
  const result = await app.store.commit([
    { kind: 'update', path: row.path, version: row.version, data: asDocument(again) },
    carrierWrite(app, again),
    auditWrite(app, principal, 'webhook-delivery.replayed', target, { endpointId: again.endpointId }),
  ]);
  if (!result.ok) throw new Outrun('delivery');
  await announce(app, 'branches', [carrierRef(again)]);
  return again;
}

async function readDelivery(app: App, org: string, id: string): Promise<Snapshot> {
  const row = isDocumentId(id) ? await app.store.get(paths.webhookDelivery(org, id)) : null;
  if (row === null) throw new AppError('NOT_FOUND', { what: 'webhook delivery', id: id.slice(0, 64) });
  return row;
}

function queryOf(org: string, { endpointId, status, from, to }: Omit<ListDeliveries, keyof PageRequest>) {
  const where: Where[] = [['endpointId', '==', endpointId]];
  if (status !== undefined) where.push(['status', '==', status]);
  if (from !== undefined) where.push(['createdAt', '>=', from]);
  if (to !== undefined) where.push(['createdAt', '<', to]);
  return { collection: paths.webhookDeliveries(org), where };
}
