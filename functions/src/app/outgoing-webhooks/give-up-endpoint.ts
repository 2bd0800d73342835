/** Switching an endpoint off that nobody answers at. It is written in the audit log, and a person switches it on again. */
import { toInstant } from '@automateos/shared/model/instant';
import type { WebhookDelivery, WebhookEndpoint } from '@automateos/shared/model/outgoing-webhook';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { changeEndpoints } from './change-endpoints.ts';

const reasons = {
  gone: 'It answered 410 Gone',
  failing: 'Every try of a delivery has failed over days, and none that was made since has arrived',
} as const;

export async function giveUpEndpoint(app: App, delivery: WebhookDelivery, why: keyof typeof reasons): Promise<void> {
  const { org, endpointId } = delivery;
  if (why === 'failing' && (await hasArrivedSince(app, delivery))) return;
  const reason = reasons[why];
  const machine: Principal = { org, userId: 'system', role: 'owner', via: 'system' };
  await changeEndpoints(app, org, (endpoints) => {
    const found = endpoints.find(({ id }) => id === endpointId);
    if (!found?.enabled) return null;
    const disabled: WebhookEndpoint = {
      ...found,
      ...{ enabled: false, disabledReason: reason, updatedAt: toInstant(app.clock.now()) },
    };
    const target = { kind: 'webhook-endpoint', id: endpointId };
    return {
      endpoints: endpoints.map((endpoint) => (endpoint === found ? disabled : endpoint)),
      audit: auditWrite(app, machine, 'webhook-endpoint.disabled', target, { reason, deliveryId: delivery.id }),
      result: disabled,
    };
  });
  app.logger.warn('webhook-endpoint-disabled', { organization: org, endpoint: endpointId, reason });
}

async function hasArrivedSince(app: App, { org, endpointId, createdAt }: WebhookDelivery): Promise<boolean> {
  const rows = await app.store.query({
    collection: paths.webhookDeliveries(org),
    where: [
      ['endpointId', '==', endpointId],
      ['status', '==', 'delivered'],
      ['createdAt', '>=', createdAt],
    ],
    orderBy: [['createdAt', 'desc']],
    limit: 1,
  });
  return rows.length > 0;
}
