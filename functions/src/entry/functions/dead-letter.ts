/** What Pub/Sub gave up delivering: recorded, and its branch announced again where it still wants a worker. */
import { messageOfPush } from '../../api/push/message-of-push.ts';
import { recordDeadMessage } from '../../app/dead-letters/record-dead-message.ts';
import { servePush } from '../cloud/serve-push.ts';

servePush('dead-letter', ({ app }) => async (push) => {
  await recordDeadMessage(app, messageOfPush(push));
});
