/**
 * The branch that a worker is told of, by a Pub/Sub message or a task. It is a path to look at and nothing else: whose branch that is and
 * whether it wants a worker is what the store says.
 */
import type { BranchRef } from '@automateos/shared/ports/queue';
import { parseRef } from '../../app/dead-letters/announce-if-due.ts';
import { objectOf, type PushMessage } from './push-message.ts';
import { UnreadablePush } from './unreadable-push.ts';

/** Throws UnreadablePush. */
export function branchOfPush(push: PushMessage): BranchRef {
  const { trace } = push;
  const ref = parseRef(objectOf(push));
  if (ref === null)
    throw new UnreadablePush('INVALID_PARAMS', { reason: 'The message names no branch: {org, executionId, branchId}.' });
  const { org, executionId, branchId } = ref;
  return trace === null ? { org, executionId, branchId } : { org, executionId, branchId, trace };
}
