/**
 * The topics and subscriptions of infra/topology.json, as the cloud has them: every topic has a subscription of its name and a
 * dead-letter topic, which has one too (a dead-letter topic without a subscription loses what comes). Here the subscriptions are pull,
 * because the emulator's push loses messages; the dispatcher pushes. Creating them again changes nothing.
 */
import { PubSub } from '@google-cloud/pubsub';
import topology from '../topology.json' with { type: 'json' };

export type SubscriptionPlan = {
  /** Of the topic and of the subscription; without the project. */
  readonly name: string;
  /** The function that it is pushed to. */
  readonly functionName: string;
  readonly ackDeadlineSeconds: number;
  readonly retry: { readonly minSeconds: number; readonly maxSeconds: number };
  /** null for dead letters themselves. */
  readonly deadLetter: { readonly topic: string; readonly maxDeliveryAttempts: number } | null;
};

/** Tests want failures sooner than the cloud does. */
export type TopologyChanges = {
  readonly prefix?: string;
  readonly ackDeadlineSeconds?: number;
  readonly minBackoffSeconds?: number;
  readonly maxBackoffSeconds?: number;
  /** 5 to 100. */
  readonly maxDeliveryAttempts?: number;
};

export function planSubscriptions(changes: TopologyChanges = {}): readonly SubscriptionPlan[] {
  const prefix = changes.prefix ?? topology.prefix;
  const { deadLetters } = topology;
  return Object.entries(topology.topics).flatMap(([name, given]) => {
    const topic = { ...given, ...changes };
    const dead = { ...deadLetters, ...changes, name: `${prefix}-${name}${deadLetters.suffix}` };
    return [
      {
        ...commonOf(topic),
        name: `${prefix}-${name}`,
        deadLetter: { topic: dead.name, maxDeliveryAttempts: topic.maxDeliveryAttempts },
      },
      { ...commonOf(dead), name: dead.name, deadLetter: null },
    ];
  });
}

type Settings = {
  readonly function: string;
  readonly ackDeadlineSeconds: number;
  readonly minBackoffSeconds: number;
  readonly maxBackoffSeconds: number;
};

function commonOf(settings: Settings): Pick<SubscriptionPlan, 'functionName' | 'ackDeadlineSeconds' | 'retry'> {
  return {
    functionName: settings.function,
    ackDeadlineSeconds: settings.ackDeadlineSeconds,
    retry: { minSeconds: settings.minBackoffSeconds, maxSeconds: settings.maxBackoffSeconds },
  };
}

/** Options of the gRPC channel, which google-gax hands on. */
const soonAgain = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 500 };

/** A client of the emulator at `host:port`, which finds it again within a moment of its restart. */
export function openPubSub(host: string, projectId: string): PubSub {
  return new PubSub({ projectId, apiEndpoint: host, emulatorMode: true, ...soonAgain });
}

export async function createPubSubTopology(pubsub: PubSub, plans: readonly SubscriptionPlan[]): Promise<void> {
  await Promise.all(plans.map(({ name }) => unlessThere(pubsub.createTopic(name))));
  await Promise.all(plans.map((plan) => unlessThere(createSubscription(pubsub, plan))));
}

function createSubscription(pubsub: PubSub, { name, ackDeadlineSeconds, retry, deadLetter }: SubscriptionPlan): Promise<unknown> {
  return pubsub.createSubscription(name, name, {
    ackDeadlineSeconds,
    retryPolicy: { minimumBackoff: durationOf(retry.minSeconds), maximumBackoff: durationOf(retry.maxSeconds) },
    ...(deadLetter && {
      deadLetterPolicy: {
        deadLetterTopic: `projects/${pubsub.projectId}/topics/${deadLetter.topic}`,
        maxDeliveryAttempts: deadLetter.maxDeliveryAttempts,
      },
    }),
  });
}

const durationOf = (seconds: number) => ({ seconds: Math.floor(seconds), nanos: Math.round((seconds % 1) * 1e9) });

const alreadyExists = 6;

async function unlessThere(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === alreadyExists)) throw error;
  }
}
