/**
 * One connection to the Pub/Sub emulator: the topology is created where it is missing, then every subscription is pulled from. It ends
 * with the first stream that fails for good: the emulator came back without the subscription.
 */
import { Duration, type Message, type PubSub, type Subscription } from '@google-cloud/pubsub';
import { createPubSubTopology, openPubSub, type SubscriptionPlan } from './pubsub-topology.ts';

export type PullSession = {
  /** Hands back what is not acknowledged yet. */
  close(): Promise<void>;
};

export type PullSessionOptions = {
  /** `host:port` of the emulator. */
  readonly pubsub: string;
  readonly projectId: string;
  readonly plans: readonly SubscriptionPlan[];
  /** Messages of one subscription that are under way at a time. */
  readonly maxInFlight: number;
  onMessage(plan: SubscriptionPlan, message: Message): void;
  /** Called at most once. */
  onLost(reason: string): void;
};

export async function openPullSession(options: PullSessionOptions): Promise<PullSession> {
  const pubsub = openPubSub(options.pubsub, options.projectId);
  const subscriptions: Subscription[] = [];
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= closeAll(pubsub, subscriptions);
    return closed;
  };
  try {
    await createPubSubTopology(pubsub, options.plans);
  } catch (error) {
    await close();
    throw error;
  }
  let lost = false;
  for (const plan of options.plans) {
    const subscription = pubsub.subscription(plan.name, streamOptions(plan, options.maxInFlight));
    subscriptions.push(subscription);
    subscription.on('message', (message: Message) => options.onMessage(plan, message));
    subscription.on('error', (error: Error) => {
      if (!lost) options.onLost(error.message);
      lost = true;
    });
  }
  return { close };
}

function streamOptions(plan: SubscriptionPlan, maxMessages: number) {
  return {
    flowControl: { maxMessages, allowExcessMessages: false },
    // longer than any push: a push that outlasts its deadline is handed back by the dispatcher itself
    maxExtensionTime: Duration.from({ seconds: plan.ackDeadlineSeconds + 30 }),
    batching: { maxMilliseconds: 5 },
    streamingOptions: {
      maxStreams: 1,
      retryMinBackoff: Duration.from({ millis: 100 }),
      retryMaxBackoff: Duration.from({ millis: 500 }),
    },
  };
}

/** The emulator may be gone: what cannot be handed back is delivered again anyway. */
async function closeAll(pubsub: PubSub, subscriptions: readonly Subscription[]): Promise<void> {
  await Promise.allSettled(subscriptions.map((subscription) => subscription.close()));
  await pubsub.close().catch(() => {});
}
