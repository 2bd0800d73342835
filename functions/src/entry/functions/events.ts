/** Events of the cloud: messages of the topic `events`, and what Eventarc sends. Each starts the workflows that want it, once. */
import topology from '../../../../infra/topology.json' with { type: 'json' };
import { eventOfPush } from '../../api/push/event-of-push.ts';
import { receiveEvent } from '../../app/events/receive-event.ts';
import { receiveMessage } from '../../app/events/receive-message.ts';
import { servePush } from '../cloud/serve-push.ts';

const { maxDeliveryAttempts } = topology.topics.events;

servePush('events', ({ app }) => async (push) => {
  const pushed = eventOfPush(push);
  if (pushed.kind === 'event') await receiveEvent(app, pushed.event);
  else await receiveMessage(app, { ...pushed.message, maxDeliveryAttempts });
});
