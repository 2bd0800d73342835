/** Outgoing webhooks as the REST interface shows them, read leniently. */
import { DeliveryStatus } from '@automateos/shared/model/outgoing-webhook';
import { z } from 'zod';

export const WebhookEndpoint = z.looseObject({
  id: z.string(),
  url: z.string(),
  description: z.string().catch(''),
  events: z.array(z.string()).catch([]),
  workflowIds: z.array(z.string()).nullish(),
  enabled: z.boolean(),
  disabledReason: z.string().nullish(),
  createdAt: z.string(),
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;
export const WebhookEndpointList = z.looseObject({ items: z.array(WebhookEndpoint) });
export const EndpointWithSecret = WebhookEndpoint.extend({ secret: z.string() });

const Attempt = z.looseObject({
  at: z.string(),
  durationMs: z.number().catch(0),
  status: z.number().nullish(),
  error: z.string().nullish(),
  response: z.string().nullish(),
});

export const WebhookDelivery = z.looseObject({
  id: z.string(),
  eventId: z.string().catch(''),
  type: z.string(),
  executionId: z.string().nullish(),
  status: DeliveryStatus,
  attempts: z.array(Attempt).catch([]),
  nextAttemptAt: z.string().nullish(),
  createdAt: z.string(),
});
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
export const WebhookDeliveryPage = z.looseObject({ items: z.array(WebhookDelivery), nextCursor: z.string().nullish() });
export const WebhookDeliveryDetail = WebhookDelivery.extend({ payload: z.string() });
