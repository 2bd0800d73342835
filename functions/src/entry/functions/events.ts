/** Events of the cloud: messages of the topic `events`, and what Eventarc sends. Each starts the workflows that want it, once. */
import { eventOfPush } from '../../api/push/event-of-push.ts';
import { receiveEvent } from '../../app/events/receive-event.ts';
import { receiveMessage } from '../../app/events/receive-message.ts';
import { servePush } from '../cloud/serve-push.ts';

servePush('events', ({ app }) => async (push) => {
  const pushed = eventOfPush(push);
  await (pushed.kind === 'event' ? receiveEvent(app, pushed.event) : receiveMessage(app, pushed.message));
});
