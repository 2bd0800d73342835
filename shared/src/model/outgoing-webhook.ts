/**
 * Outgoing webhooks: where an organization wants to hear of its runs, and the log of what was sent. A delivery goes
 *
 *     pending -> delivered            a 2xx answer
 *     pending -> failed               every try of the schedule failed, or the endpoint is gone or switched off
 *     delivered | failed -> pending   replayed by a person
 */
import { z } from 'zod';

export const WebhookEventType = z.enum([
  'execution.started',
  'execution.succeeded',
  'execution.failed',
  'execution.cancelled',
  'execution.timed-out',
  'approval.requested',
  'approval.decided',
  'dead-letter.created',
]);
export type WebhookEventType = z.infer<typeof WebhookEventType>;

/** What is sent beside what can be chosen: the test event. */
export const SentEventType = z.enum([...WebhookEventType.options, 'webhook.test']);
export type SentEventType = z.infer<typeof SentEventType>;

export const webhookLimits = {
  /** Each costs two documents in the commit of an event that it wants. */
  endpoints: 10,
  workflows: 100,
  /** Of an endpoint, while it is rotated. */
  secrets: 2,
  /** The newest tries that the log keeps of a delivery. */
  attempts: 20,
  responseBytes: 1_024,
} as const;

export const WebhookSecret = z.object({
  sealed: z.string(),
  createdAt: z.string(),
  /** Signs beside its successor until then; null = the newest. */
  expiresAt: z.string().nullable(),
});
export type WebhookSecret = z.infer<typeof WebhookSecret>;

export const WebhookEndpoint = z.object({
  id: z.string(),
  url: z.string(),
  description: z.string(),
  events: z.array(WebhookEventType),
  /** Only events of these; null = of all. */
  workflowIds: z.array(z.string()).nullable(),
  enabled: z.boolean(),
  /** Why the platform itself has switched it off. */
  disabledReason: z.string().nullable(),
  secrets: z.array(WebhookSecret),
  createdAt: z.string(),
  createdBy: z.string(),
  updatedAt: z.string(),
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

export const WebhookEndpoints = z.object({ endpoints: z.array(WebhookEndpoint) });
export type WebhookEndpoints = z.infer<typeof WebhookEndpoints>;

export const WebhookAttempt = z.object({
  at: z.string(),
  durationMs: z.int(),
  /** HTTP status of the answer; null without one. */
  status: z.int().nullable(),
  /** Why there was no answer, or none that counts. */
  error: z.string().nullable(),
  /** The first KiB of the answer's body. */
  response: z.string().nullable(),
});
export type WebhookAttempt = z.infer<typeof WebhookAttempt>;

export const DeliveryStatus = z.enum(['pending', 'delivered', 'failed']);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

export const WebhookDelivery = z.object({
  id: z.string(),
  org: z.string(),
  endpointId: z.string(),
  /** The header webhook-id: the same for every try, replay and endpoint. */
  eventId: z.string(),
  type: SentEventType,
  executionId: z.string().nullable(),
  /** The body as it is signed and sent. */
  payload: z.string(),
  status: DeliveryStatus,
  /** Tries since it was created or replayed: the place in the schedule. */
  tries: z.int(),
  attempts: z.array(WebhookAttempt),
  nextAttemptAt: z.string().nullable(),
  createdAt: z.string(),
  endedAt: z.string().nullable(),
  expiresAt: z.string(),
});
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
