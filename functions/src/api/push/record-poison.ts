/**
 * Poison as a dead letter of the installation, so that it is listed and can be looked at. A message that came by no subscription (a task,
 * a job) is told by what it said.
 */
import type { App } from '../../app/app-context.ts';
import { recordDeadMessage } from '../../app/dead-letters/record-dead-message.ts';
import { digest } from '../../app/digest.ts';
import type { PoisonPush } from './push-listener.ts';

/** Throws where the store does not answer. */
export async function recordPoison(app: App, { push, body, code }: PoisonPush): Promise<void> {
  if (push?.kind === 'pubsub') {
    const { subscription, messageId, data, attributes, deliveryAttempt, publishTime } = push;
    await recordDeadMessage(app, { subscription, messageId, data, attributes, deliveryAttempt, publishTime });
    return;
  }
  const messageId = digest('poison', Buffer.from(body).toString('latin1'));
  await recordDeadMessage(app, { subscription: 'none', messageId, data: body, attributes: { code } });
}
