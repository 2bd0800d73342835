/**
 * A message of the events topic, routed as the event that it is. One that says that it is a CloudEvent and is none, and one whose last
 * delivery this is although not every workflow could be started, becomes a dead letter under its own id: redriven later, it starts only
 * what has not been started.
 */
import type { App } from '../app-context.ts';
import type { DeadMessage } from '../dead-letters/dead-delivery.ts';
import { recordDeadMessage } from '../dead-letters/record-dead-message.ts';
import { type EventMessage, eventOfMessage } from './event-of-message.ts';
import { type ReceivedEvent, receiveEvent } from './receive-event.ts';

export type MessageDelivery = EventMessage & {
  /** Which delivery this is, and after which the queue gives the message up; absent where the queue does not count. */
  readonly deliveryAttempt?: number | null | undefined;
  readonly maxDeliveryAttempts?: number | undefined;
};

/** Throws where a start failed and the queue will deliver again. What it answers is acknowledged. */
export async function receiveMessage(app: App, message: MessageDelivery): Promise<ReceivedEvent> {
  const read = eventOfMessage(message);
  if (!read.ok) {
    const { topic, messageId } = message;
    app.logger.error('event-unreadable', { topic, messageId, reason: read.reason });
    await recordDeadMessage(app, deadMessage(message));
    return { executionIds: [], refused: 0 };
  }
  try {
    return await receiveEvent(app, read.event);
  } catch (error) {
    const { deliveryAttempt, maxDeliveryAttempts } = message;
    if (typeof deliveryAttempt !== 'number' || maxDeliveryAttempts === undefined || deliveryAttempt < maxDeliveryAttempts)
      throw error;
    await recordDeadMessage(app, deadMessage(message));
    return { executionIds: [], refused: 0 };
  }
}

function deadMessage({ topic, ...rest }: MessageDelivery): DeadMessage {
  return { ...rest, subscription: topic, isEvent: true };
}
