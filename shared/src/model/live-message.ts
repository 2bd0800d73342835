/**
 * What goes over the WebSocket /v1/live: JSON objects in text frames. A client authenticates (by a ticket in the address, by the header
 * Authorization, or by its first message), subscribes under ids of its own choice, and goes on behind the last event that it saw.
 */
import { z } from 'zod';
import { ExecutionStatus } from './execution.ts';
import { LiveEvent } from './live-event.ts';

/** The client's name for a subscription or a request; answers carry it. */
const Id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'is 1 to 64 letters, digits, _ or -');
const After = z.string().max(16_384).optional();
/** Events that may be on their way before the client has acknowledged them; absent = as many as the connection takes. */
const Window = z.int().min(1).max(1_000).optional();

const subscribe = { type: z.literal('subscribe'), id: Id, after: After, window: Window };

export const LiveSubscribe = z.discriminatedUnion('stream', [
  z.strictObject({ ...subscribe, stream: z.literal('execution'), executionId: z.string().max(256) }),
  z.strictObject({
    ...{ ...subscribe, stream: z.literal('executions') },
    ...{ workflowId: z.string().max(256).optional(), status: ExecutionStatus.optional() },
  }),
  z.strictObject({ ...subscribe, stream: z.literal('approvals') }),
  z.strictObject({ ...subscribe, stream: z.literal('workflows') }),
]);
export type LiveSubscribe = z.infer<typeof LiveSubscribe>;

export const ClientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    ...{ type: z.literal('authenticate'), id: Id.optional() },
    ...{ token: z.string().max(8_192), organization: z.string().max(256).optional() },
  }),
  LiveSubscribe,
  z.strictObject({ type: z.literal('unsubscribe'), id: Id }),
  /** All events of the subscription up to this one have been dealt with. */
  z.strictObject({ type: z.literal('ack'), id: Id, eventId: z.string().max(16_384) }),
  z.strictObject({ type: z.literal('ping'), id: Id.optional() }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;

export const ServerMessage = z.discriminatedUnion('type', [
  z.object({
    ...{ type: z.literal('authenticated'), id: Id.optional(), organization: z.string(), role: z.string() },
    expiresAt: z.string().nullable(),
  }),
  /** `eventId`: what to go on behind before the first event has come; null where the stream begins with its history. */
  z.object({ type: z.literal('subscribed'), id: Id, eventId: z.string().nullable() }),
  z.object({ type: z.literal('event'), id: Id, eventId: z.string(), event: LiveEvent }),
  /** The stream has come to its end: the execution is over. */
  z.object({ type: z.literal('done'), id: Id }),
  /** The stream was cut off. */
  z.object({ type: z.literal('end'), id: Id, code: z.string(), detail: z.string() }),
  z.object({ type: z.literal('unsubscribed'), id: Id }),
  z.object({ type: z.literal('pong'), id: Id.optional() }),
  /** `id` where the message that it is about has one. */
  z.object({ type: z.literal('error'), id: Id.optional(), code: z.string(), detail: z.string() }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;

/** Why the server closes a connection. Below 4000 as RFC 6455 and its registry have it. */
export const liveCloseCodes = {
  goingAway: 1001,
  notText: 1003,
  tooLarge: 1009,
  /** It did not read what it was sent. Come back and go on behind the last event. */
  tooSlow: 1013,
  unauthenticated: 4401,
  idle: 4408,
  tooManyMessages: 4429,
} as const;
