/** The Pub/Sub message in a push, for functions that nothing else is pushed to. */
import type { PubSubPush, PushMessage } from './push-message.ts';
import { UnreadablePush } from './unreadable-push.ts';

/** Throws UnreadablePush. */
export function messageOfPush(push: PushMessage): PubSubPush {
  if (push.kind === 'pubsub') return push;
  throw new UnreadablePush('INVALID_PARAMS', {
    reason: 'The request is no push of Pub/Sub: it has no message and subscription.',
  });
}
