/**
 * What Pub/Sub's push is in the cloud, for the emulator, whose own push loses messages: pulls from every subscription of the topology
 * and posts each message to its function, with a signed token. The emulator keeps the retry and dead-letter policies.
 *
 *     connecting --topology created--> pulling --a stream failed: the emulator came back empty--> connecting
 *          any --stop()--> draining: takes nothing more, finishes the posts that are under way --> stopped
 *
 * A post that is not acknowledged, not answered in time or to nobody is a nack.
 */
import type { Message } from '@google-cloud/pubsub';
import { planSubscriptions, type SubscriptionPlan, type TopologyChanges } from './pubsub-topology.ts';
import { openPullSession, type PullSession } from './pull-session.ts';
import type { PushBody } from './push-delivery.ts';
import { createPusher, type PusherOptions } from './push-to-function.ts';

export type PushDispatcherOptions = PusherOptions & {
  /** `host:port` of the emulator. It may be restarted on the same port at any time. */
  readonly pubsub: string;
  readonly projectId: string;
  /** Of one subscription; 64 when absent. */
  readonly maxInFlight?: number;
  readonly changes?: TopologyChanges;
  log?(event: string, fields: Readonly<Record<string, string | number>>): void;
};

export type PushCounts = {
  readonly posts: number;
  readonly acked: number;
  readonly nacked: number;
  readonly inFlight: number;
  /** Times that the emulator was found again. */
  readonly reconnects: number;
};

export type PushDispatcher = {
  counts(): PushCounts;
  /** Takes nothing more; what is still under way after `timeoutMs` is left to the emulator, which delivers it again. */
  stop(timeoutMs?: number): Promise<void>;
};

/** Resolves when topics and subscriptions are there and are being pulled from. */
export async function startPushDispatcher(options: PushDispatcherOptions): Promise<PushDispatcher> {
  const plans = planSubscriptions(options.changes);
  const pusher = createPusher(options);
  const counts = { acked: 0, nacked: 0, inFlight: 0, reconnects: 0 };
  let stopping = false;
  let session: PullSession | null = null;
  let whenIdle: (() => void) | null = null;

  const connect = async (): Promise<void> => {
    const { pubsub, projectId, maxInFlight = 64 } = options;
    session = await openPullSession({ pubsub, projectId, plans, maxInFlight, onMessage: take, onLost });
  };

  function onLost(reason: string): void {
    options.log?.('pubsub-lost', { reason });
    void reconnect();
  }

  async function reconnect(): Promise<void> {
    await session?.close();
    for (let waitMs = 50; !stopping; waitMs = Math.min(waitMs * 2, 500)) {
      try {
        await connect();
        counts.reconnects += 1;
        options.log?.('pubsub-found', { reconnects: counts.reconnects });
        if (stopping) await session?.close();
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, waitMs)); // it is not back yet
      }
    }
  }

  function take(plan: SubscriptionPlan, message: Message): void {
    if (stopping) message.nack();
    else void deliver(plan, message);
  }

  async function deliver(plan: SubscriptionPlan, message: Message): Promise<void> {
    counts.inFlight += 1;
    const { acknowledged, answer } = await pusher.push(plan, bodyOf(options.projectId, plan, message));
    if (acknowledged) message.ack();
    else message.nack();
    counts[acknowledged ? 'acked' : 'nacked'] += 1;
    counts.inFlight -= 1;
    if (!acknowledged) options.log?.('push-nacked', { subscription: plan.name, message: message.id, answer });
    if (counts.inFlight === 0) whenIdle?.();
  }

  await connect();
  return {
    counts: () => ({ ...counts, posts: pusher.posts() }),
    async stop(timeoutMs = 30_000) {
      stopping = true;
      if (counts.inFlight > 0) {
        const { promise, resolve } = Promise.withResolvers<void>();
        whenIdle = resolve;
        const timer = setTimeout(resolve, timeoutMs);
        await promise;
        clearTimeout(timer);
      }
      await session?.close();
      pusher.close();
    },
  };
}

function bodyOf(projectId: string, plan: SubscriptionPlan, message: Message): PushBody {
  return {
    subscription: `projects/${projectId}/subscriptions/${plan.name}`,
    deliveryAttempt: plan.deadLetter === null ? null : message.deliveryAttempt,
    message: {
      ...{ id: message.id, data: message.data, attributes: message.attributes, orderingKey: message.orderingKey },
      publishTime: message.publishTime.toISOString(),
    },
  };
}
