/**
 * The event in a push: a message of a Pub/Sub topic, or a CloudEvent that Eventarc sends (structured or binary mode). Its source and id
 * tell a second delivery from a second event, so one without them is none.
 */
import type { DeliveredEvent } from '../../app/events/receive-event.ts';
import type { MessageDelivery } from '../../app/events/receive-message.ts';
import { readEvent } from '../rest/read-event.ts';
import type { HttpPush, PushMessage } from './push-message.ts';
import { reading, UnreadablePush } from './unreadable-push.ts';

export type PushedEvent =
  | { readonly kind: 'message'; readonly message: MessageDelivery }
  | { readonly kind: 'event'; readonly event: DeliveredEvent };

/** Throws UnreadablePush. */
export function eventOfPush(push: PushMessage): PushedEvent {
  if (push.kind === 'http') return { kind: 'event', event: reading(() => cloudEvent(push)) };
  const { subscription, messageId, data, attributes, publishTime, deliveryAttempt } = push;
  // every topic of ours has a subscription of its own name
  const topic = subscription.replace('/subscriptions/', '/topics/');
  return { kind: 'message', message: { topic, messageId, data, attributes, publishTime, deliveryAttempt } };
}

function cloudEvent(push: HttpPush): DeliveredEvent {
  const { id, source, ...event } = readEvent(push.value, push);
  if (id !== undefined && source !== undefined) return { ...event, id, source };
  throw new UnreadablePush('INVALID_PARAMS', { reason: 'The request is neither a push of Pub/Sub nor a CloudEvent.' });
}
