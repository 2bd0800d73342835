/**
 * A message past its queue's delivery policy. It is recorded once, however often it comes, and its branch is announced again if the store
 * says that it wants a worker: nothing that is alive is ever failed by a count of deliveries, so that an outage costs time only.
 *
 *     branch known, due       recorded as redriven, announced       branch known, not due    recorded as discarded, with the reason
 *     none of ours, unknown   recorded as open with the installation: what a message says of an organization is only a claim
 *     an event                recorded as open: redriving it routes it again
 *
 * Throws where the store does not answer: the message stays with the queue then.
 */
import type { DeadLetter, DeadLetterReason } from '@automateos/shared/model/dead-letter';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { readOwner } from '../auth/ensure-owner.ts';
import { digest } from '../digest.ts';
import { announce } from '../engine/announce.ts';
import { asDocument } from '../engine/as-document.ts';
import { jsonOfBytes } from '../json-of-bytes.ts';
import { carriesDelivery } from '../outgoing-webhooks/carry-delivery.ts';
import { eventWrites } from '../outgoing-webhooks/delivery-writes.ts';
import { deadLetterEvent } from '../outgoing-webhooks/webhook-event.ts';
import { metrics } from '../telemetry/metric-names.ts';
import { announceSubject, findSubject, parseRef, type Subject, whyNotDue } from './announce-if-due.ts';
import { type DeadMessage, keepDelivery } from './dead-delivery.ts';

export type RecordedMessage = { readonly id: string; readonly status: DeadLetter['status']; readonly reason: DeadLetterReason };

/** Days that the record of a message is kept at most; with its execution it goes earlier. */
const keptDays = 30;

export async function recordDeadMessage(app: App, message: DeadMessage): Promise<RecordedMessage> {
  const id = `dlq_m${digest(message.subscription, message.messageId).slice(0, 32)}`;
  if (isOfEvents(message)) return recordOpen(app, id, message, await eventPlace(app));
  const value = jsonOfBytes(message.data);
  const ref = value === undefined ? null : parseRef(value);
  if (ref === null) return recordOpen(app, id, message, { org: null, reason: 'UNREADABLE_MESSAGE' });
  // a delivery of a webhook is due whatever became of its message: it is announced again, and there is nothing for a person to do
  if (carriesDelivery(ref)) {
    app.logger.warn('webhook-message-dead', {
      organization: ref.org,
      delivery: ref.executionId,
      subscription: message.subscription,
    });
    await announce(app, 'branches', [ref]);
    return { id, status: 'redriven', reason: 'UNDELIVERED' };
  }
  const subject = await findSubject(app, ref);
  if (subject === null) return recordOpen(app, id, message, { org: null, reason: 'UNKNOWN_BRANCH' });
  return recordBranch(app, id, message, subject);
}

async function recordBranch(app: App, id: string, message: DeadMessage, subject: Subject): Promise<RecordedMessage> {
  const { execution, branch } = subject;
  const { org } = execution;
  const notDue = whyNotDue(app, subject);
  const now = toInstant(app.clock.now());
  const letter: DeadLetter = {
    ...(await blank(app, id, 'UNDELIVERED', message, org)),
    ...(notDue === null
      ? { status: 'redriven', redrivenAt: now, redrivenBy: 'system' }
      : { status: 'discarded', discardedAt: now, discardedBy: 'system', discardReason: notDue }),
    message: words.UNDELIVERED,
    ...{ executionId: execution.id, workflowId: execution.workflowId, workflowName: execution.workflowName },
    ...{ branchId: branch.id, nodeId: nodeOf(subject), scope: branch.at?.scope ?? branch.scope },
  };
  await create(app, paths.deadLetter(org, id), { ...letter }, org);
  // also for a record that was there: the process may have ended between the two
  if (notDue === null) await announceSubject(app, subject);
  return { id, status: letter.status, reason: 'UNDELIVERED' };
}

type Place = { readonly org: string | null; readonly reason: DeadLetterReason };

async function recordOpen(app: App, id: string, message: DeadMessage, { org, reason }: Place): Promise<RecordedMessage> {
  const letter = await blank(app, id, reason, message, org ?? 'installation');
  await create(app, org === null ? paths.strayLetter(id) : paths.deadLetter(org, id), letter, org);
  return { id, status: 'open', reason };
}

/** The topic of events is the operator's: they are for the installation's organization, whatever they say. */
async function eventPlace(app: App): Promise<Place> {
  return { org: (await readOwner(app))?.principal.org ?? null, reason: 'EVENT_UNDELIVERED' };
}

async function blank(app: App, id: string, reason: DeadLetterReason, message: DeadMessage, place: string): Promise<DeadLetter> {
  const now = app.clock.now();
  return {
    ...{ id, kind: 'message', status: 'open', reason, message: words[reason] },
    ...{
      executionId: null,
      workflowId: null,
      workflowName: null,
      branchId: null,
      nodeId: null,
      nodeLabel: null,
      scope: null,
      generation: null,
    },
    createdAt: toInstant(now),
    delivery: await keepDelivery(app, place, id, message),
    expiresAt: toInstant(now + keptDays * 86_400_000),
  };
}

async function create(app: App, path: string, letter: DeadLetter, org: string | null): Promise<void> {
  const data = asDocument(org === null ? letter : { ...letter, org });
  const told = org === null ? null : await eventWrites(app, org, deadLetterEvent(app, org, letter));
  const result = await app.store.commit([{ kind: 'create', path, data }, ...(told?.writes ?? [])]);
  if (!result.ok) return; // the same message again
  await told?.announce();
  const { id, reason, status, executionId, branchId, delivery } = letter;
  if (app.telemetry.metering) app.telemetry.add(metrics.deadLetters, 1, { reason: 'undelivered' });
  app.logger[status === 'open' ? 'error' : 'warn']('dead-letter', {
    ...{ deadLetter: id, reason, status, organization: org, execution: executionId, branch: branchId },
    ...{ subscription: delivery?.subscription, attempts: delivery?.attempts },
  });
}

const words: Readonly<Record<DeadLetterReason, string>> = {
  CRASHED: '',
  UNDELIVERED: 'The queue gave up delivering the message of a branch',
  UNKNOWN_BRANCH: 'A message names an execution or branch that is not there',
  UNREADABLE_MESSAGE: 'A message is none that this installation sends',
  EVENT_UNDELIVERED:
    'An event could not be routed: it is no valid CloudEvent, or not every workflow that wants it could be started',
};

function nodeOf({ branch }: Subject): string | null {
  const node = branch.at?.node ?? null;
  return node === null || node.startsWith('$') ? null : node;
}

/**
 * By the name of the topic, of the subscription that gave up, or of what reads its dead letters: `{prefix}-events`, `{prefix}-events-dead`. The
 * prefix is the operator's and may say anything.
 */
function isOfEvents({ subscription, attributes, isEvent }: DeadMessage): boolean {
  if (isEvent) return true;
  const source = attributes.CloudPubSubDeadLetterSourceSubscription ?? subscription;
  return /(^|[-/])events(-dead)?$/.test(source);
}
