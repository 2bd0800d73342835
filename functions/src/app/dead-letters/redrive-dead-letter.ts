/**
 * Redrives one letter. A step: its execution is retried, in one commit with the letter, with another input if one is given. A message: its
 * branch is announced, or the event is routed again.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { DeadLetter } from '@automateos/shared/model/dead-letter';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { auditWrite } from '../audit/audit-entry.ts';
import { requirePermission } from '../auth/permissions.ts';
import { requireOpen } from '../engine/close-letters.ts';
import { retryOnce } from '../engine/retry-execution.ts';
import { eventOfMessage } from '../events/event-of-message.ts';
import { receiveEvent } from '../events/receive-event.ts';
import { jsonOfBytes } from '../json-of-bytes.ts';
import { announceSubject, findSubject, parseRef, type Subject, whyNotDue } from './announce-if-due.ts';
import { readDelivery } from './dead-delivery.ts';
import { type FoundLetter, findLetter } from './find-letter.ts';

/** `executionId` is what runs again, if it is one execution; `letters` are all that were redriven with it. */
export type Redriven = { readonly executionId: string | null; readonly letters: readonly string[] };

/**
 * Throws DEAD_LETTER_CLOSED for one that was redriven or discarded before, NOT_REDRIVABLE and NOT_RETRYABLE_NOW with the reason, and
 * INVALID_PARAMS for an input that does not fit.
 */
export async function redriveDeadLetter(app: App, principal: Principal, id: string, input?: JsonObject): Promise<Redriven> {
  requirePermission(principal, 'dead-letters.redrive');
  // who changes what a step sends, decides where its credential goes: that is writing the workflow
  if (input !== undefined) requirePermission(principal, 'dead-letters.edit');
  for (;;) {
    const found = await findLetter(app, principal, id);
    const { letter } = found;
    requireOpen(letter);
    if (letter.kind === 'message') {
      if (input !== undefined) throw new AppError('INVALID_PARAMS', { reason: 'A message has no input that could be changed.' });
      const redriven = await redriveMessage(app, principal, found);
      if (redriven) return redriven;
      continue;
    }
    const retried = await retryOnce(app, principal, letter.executionId ?? '', { redrive: { letter, input }, details: {} });
    if (retried) return retried;
  }
}

/** null when somebody else was faster. What is sent twice by that does no harm. */
async function redriveMessage(app: App, principal: Principal, found: FoundLetter): Promise<Redriven | null> {
  const { letter, path, version, data: stored } = found;
  const { id, delivery } = letter;
  const data = delivery === null ? null : await readDelivery(app, delivery);
  if (delivery === null || data === null) {
    throw new AppError('NOT_REDRIVABLE', { id, reason: 'what the message said is not kept any more' });
  }
  let executionId: string | null = null;
  if (letter.reason === 'EVENT_UNDELIVERED') {
    const read = eventOfMessage({ ...delivery, topic: topicOf(delivery), data });
    if (!read.ok) throw new AppError('NOT_REDRIVABLE', { id, reason: read.reason });
    await receiveEvent(app, read.event);
  } else {
    const subject = await dueSubject(app, id, data);
    executionId = subject.execution.id;
    await announceSubject(app, subject);
  }
  const redriven = { status: 'redriven', redrivenAt: toInstant(app.clock.now()), redrivenBy: principal.userId };
  const after = { ...stored, ...redriven };
  const result = await app.store.commit([
    { kind: 'update', path, version, data: after },
    auditWrite(app, principal, 'dead-letter.redriven', { kind: 'dead-letter', id }, { executionId }, { before: stored, after }),
  ]);
  return result.ok ? { executionId, letters: [id] } : null;
}

/**
 * What the queue itself gave up carries the name of a subscription, which is called like its topic, and an id of its own: such a message, where
 * it is no CloudEvent, starts again what it had started.
 */
function topicOf({ subscription, attributes }: NonNullable<DeadLetter['delivery']>): string {
  if (subscription.includes('/topics/')) return subscription;
  const name = attributes.CloudPubSubDeadLetterSourceSubscription ?? subscription.slice(subscription.lastIndexOf('/') + 1);
  const project = attributes.CloudPubSubDeadLetterSourceSubscriptionProject ?? subscription.split('/')[1] ?? '';
  return `projects/${project}/topics/${name}`;
}

async function dueSubject(app: App, id: string, data: Uint8Array): Promise<Subject> {
  const value = jsonOfBytes(data);
  const ref = value === undefined ? null : parseRef(value);
  if (ref === null) throw new AppError('NOT_REDRIVABLE', { id, reason: 'it is no message that this installation sends' });
  const subject = await findSubject(app, ref);
  if (subject === null) throw new AppError('NOT_REDRIVABLE', { id, reason: 'there is no such execution or branch' });
  const notDue = whyNotDue(app, subject);
  if (notDue !== null) throw new AppError('NOT_REDRIVABLE', { id, reason: notDue });
  return subject;
}
