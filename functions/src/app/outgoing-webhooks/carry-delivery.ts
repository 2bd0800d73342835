/**
 * A delivery in the hands of a worker: its carrier is claimed by a write under its version, the message is sent, and what came of it is
 * one commit with the carrier's next wake-up or its end.
 *
 *     queued | waiting (due) | running (lease over)  --claim-->  running  --send-->  waiting until the next try | gone
 *
 * A worker that dies in between leaves a lease that ends: the message is sent again, with the same id. So a receiver sees each event at least
 * once, and knows one that it has seen.
 */
import { dueAt } from '@automateos/shared/engine/due';
import { Branch } from '@automateos/shared/model/branch';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import { type WebhookAttempt, WebhookDelivery, webhookLimits } from '@automateos/shared/model/outgoing-webhook';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import type { BranchRef } from '@automateos/shared/ports/queue';
import type { App } from '../app-context.ts';
import { announceAt } from '../engine/announce.ts';
import { asDocument } from '../engine/as-document.ts';
import { dueKey, stampBranch } from '../engine/branch-document.ts';
import { isLeased, newClaimId } from '../engine/claim.ts';
import { carrierId, carrierRef } from './delivery-writes.ts';
import { giveUpEndpoint } from './give-up-endpoint.ts';
import { readEndpoints } from './read-endpoints.ts';
import { pauseMs } from './retry-schedule.ts';
import { type Sent, sendDelivery, sendTimeoutMs } from './send-delivery.ts';
import { takePlace } from './sending-places.ts';

export function carriesDelivery(ref: BranchRef): boolean {
  return ref.branchId === carrierId;
}

/** Where a process sends as many as it may. */
const lookAgainMs = 1_000;

type Carried = { readonly carrier: Branch; readonly version: string; readonly delivery: WebhookDelivery; readonly row: Snapshot };

export async function carryDelivery(app: App, ref: BranchRef): Promise<void> {
  if (app.settings.draining()) return; // still due: the next process finds it
  const leave = takePlace(app, ref.org);
  if (leave === null) return announceAt(app, 'branches', ref, app.clock.now() + lookAgainMs);
  try {
    await carry(app, ref);
  } finally {
    leave();
  }
}

async function carry(app: App, ref: BranchRef): Promise<void> {
  const carried = await claim(app, ref);
  if (carried === null) return;
  const { delivery, carrier } = carried;
  const { endpoints } = await readEndpoints(app, delivery.org);
  const endpoint = endpoints.find(({ id }) => id === delivery.endpointId);
  if (endpoint === undefined) return finish(app, carried, unsent(app, 'The endpoint was deleted'));
  if (!endpoint.enabled) return finish(app, carried, unsent(app, 'The endpoint is switched off'));
  if (carrier.crashes >= app.settings.maxCrashes) {
    return record(app, carried, unsent(app, `The worker ended ${carrier.crashes} times in a row while it sent this`));
  }
  const sent = await sendDelivery(app, endpoint, delivery);
  if (sent.outcome === 'gone') {
    await giveUpEndpoint(app, delivery, 'gone');
    return finish(app, carried, sent);
  }
  return record(app, carried, sent);
}

/** null: it is over, not due, or somebody else has it. */
async function claim(app: App, ref: BranchRef): Promise<Carried | null> {
  const { org, executionId: id } = ref;
  const [at, row] = await app.store.getAll([paths.branch(org, id, carrierId), paths.webhookDelivery(org, id)]);
  if (!at) return null;
  if (!row) {
    // the delivery went with its organization, or with retention
    await app.store.commit([{ kind: 'delete', path: at.path, version: at.version }]);
    return null;
  }
  const stored = Branch.parse(at.data);
  const now = app.clock.now();
  const { status, wait } = stored;
  if (status === 'waiting' && !(wait?.wakeAt && fromInstant(wait.wakeAt) <= now)) return null;
  if (status === 'running' && isLeased(app, stored)) return null;
  const crashes = status === 'running' ? stored.crashes + 1 : stored.crashes;
  const taken: Branch = { ...stored, status: 'running', wait: null, crashes };
  const carrier = stampBranch(taken, { claimId: newClaimId(app), n: 1, now, stepMs: sendTimeoutMs });
  const result = await app.store.commit([{ kind: 'update', path: at.path, version: at.version, data: asDocument(carrier) }]);
  if (!result.ok) return null;
  return { carrier, version: result.versions[0] ?? '', delivery: WebhookDelivery.parse(row.data), row };
}

/** Delivered, tried for the last time, or to be tried again. */
async function record(app: App, carried: Carried, sent: Sent): Promise<void> {
  const { carrier, delivery } = carried;
  const tries = delivery.tries + 1;
  const pause = sent.outcome === 'delivered' ? null : pauseMs(tries, app.ids.random(), sent.retryAfterMs);
  if (pause === null) {
    await finish(app, carried, sent);
    if (sent.outcome !== 'delivered') await giveUpEndpoint(app, delivery, 'failing');
    return;
  }
  const nextMs = app.clock.now() + pause;
  const wakeAt = toInstant(nextMs);
  const waiting: Branch = {
    ...carrier,
    ...{ status: 'waiting', wait: { kind: 'retry', wakeAt }, crashes: 0, rev: carrier.rev + 1 },
    due: dueAt(dueKey(delivery.id, carrierId), nextMs),
  };
  const changed = { ...delivery, tries, attempts: withAttempt(delivery, sent.attempt), nextAttemptAt: wakeAt };
  const landed = await commit(app, carried, changed, (path, version) => ({
    ...{ kind: 'update', path, version },
    data: asDocument(waiting),
  }));
  if (landed) await announceAt(app, 'branches', carrierRef(delivery), nextMs);
}

async function finish(app: App, carried: Carried, sent: Sent): Promise<void> {
  const { delivery } = carried;
  const changed: WebhookDelivery = {
    ...delivery,
    status: sent.outcome === 'delivered' ? 'delivered' : 'failed',
    tries: delivery.tries + 1,
    attempts: withAttempt(delivery, sent.attempt),
    ...{ nextAttemptAt: null, endedAt: toInstant(app.clock.now()) },
  };
  await commit(app, carried, changed, (path, version) => ({ kind: 'delete', path, version }));
}

/** false: another worker took the carrier over, and what came of this try is not known to the log. */
async function commit(
  app: App,
  { carrier, version, row }: Carried,
  delivery: WebhookDelivery,
  next: (path: string, version: string) => Write,
): Promise<boolean> {
  const result = await app.store.commit([
    next(paths.branch(carrier.org, carrier.executionId, carrierId), version),
    { kind: 'update', path: row.path, version: row.version, data: asDocument(delivery) },
  ]);
  if (!result.ok) app.logger.warn('webhook-delivery-lost', { organization: delivery.org, delivery: delivery.id });
  return result.ok;
}

function withAttempt({ attempts }: WebhookDelivery, attempt: WebhookAttempt): WebhookAttempt[] {
  return [...attempts, attempt].slice(-webhookLimits.attempts);
}

function unsent(app: App, error: string): Sent {
  const attempt = { at: toInstant(app.clock.now()), durationMs: 0, status: null, error, response: null };
  return { outcome: 'failed', attempt, retryAfterMs: null };
}
