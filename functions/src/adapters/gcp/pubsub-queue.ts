/**
 * Hints to workers over Pub/Sub: one topic per pool, one message per branch, `{org, executionId, branchId}` as JSON and the trace context
 * as an attribute. Resolves when Pub/Sub has acknowledged. Hints that are given at about the same time share a request.
 *
 * It uses the generated PublisherClient and not the library's Topic: the Topic waits 10 ms for company before it sends a lone message, keeps
 * retrying for ten minutes (a hint is not worth that: the sweep announces again), reports neither requests nor bytes, and brings the
 * whole subscriber with it, which every cold start would pay for. The generated client also shares google-gax with Firestore's.
 */
import type { Pool } from '@automateos/shared/model/node-manifest';
import type { BranchRef, Queue } from '@automateos/shared/ports/queue';
import { clientOptions, type GoogleService, onFirstUse } from './grpc-client.ts';
import { createPublishBatches, type OutgoingMessage } from './pubsub-batches.ts';

export type PubSubQueueOptions = GoogleService & {
  /** Topics are called `{prefix}-{pool}`. */
  readonly prefix: string;
  /** How long hints wait for others to share their request, ms. */
  readonly tickMs?: number;
  /** After this a hint that Pub/Sub has not taken is given up, ms; retries included. */
  readonly patienceMs?: number;
};

/** Billable operations since the start. */
export type PubSubStats = {
  readonly requests: number;
  readonly messages: number;
  /** Each request counts for at least 1,000 bytes. */
  readonly billedBytes: number;
};

export type PubSubQueue = Queue & {
  stats(): PubSubStats;
  /** Sends what waits, then ends. */
  close(): Promise<void>;
};

const leastBilledBytes = 1_000;

export function createPubSubQueue(options: PubSubQueueOptions): PubSubQueue {
  const { projectId, prefix, tickMs = 2, patienceMs = 5_000 } = options;
  const stats = { requests: 0, messages: 0, billedBytes: 0 };
  const publisher = onFirstUse(async () => {
    const { v1 } = await import('@google-cloud/pubsub');
    return new v1.PublisherClient({ ...(await clientOptions(options)), ...soonAgain });
  });

  async function send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const client = await publisher.get();
    const request = {
      topic: `projects/${projectId}/topics/${topic}`,
      messages: messages.map(({ data, attributes }) => ({ data, attributes })),
    };
    await client.publish(request, patient(patienceMs));
    stats.requests += 1;
    stats.messages += messages.length;
    stats.billedBytes += Math.max(
      leastBilledBytes,
      messages.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  }

  const batches = createPublishBatches({ tickMs, send });
  return {
    publish: (pool, refs) => batches.add(topicOf(prefix, pool), refs.map(toMessage)),
    stats: () => ({ ...stats }),
    async close() {
      await batches.flush();
      await publisher.close();
    },
  };
}

const topicOf = (prefix: string, pool: Pool): string => `${prefix}-${pool}`;

/** Billed beside data and attributes: the time stamp of a message. */
const overheadBytes = 20;

function toMessage({ org, executionId, branchId, trace }: BranchRef): OutgoingMessage {
  const data = Buffer.from(JSON.stringify({ org, executionId, branchId }));
  const attributes: Record<string, string> = trace === undefined ? {} : { traceparent: trace };
  const attributeBytes = trace === undefined ? 0 : 'traceparent'.length + Buffer.byteLength(trace);
  return { data, attributes, bytes: data.length + attributeBytes + overheadBytes };
}

/** A channel that was cut is dialled again at once and often; left alone, gRPC would wait for up to two minutes. */
const soonAgain = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 };

/** The codes after which Pub/Sub's own clients publish again: a message that arrives twice does no harm. */
const retried = [1, 2, 4, 8, 10, 13, 14];

function patient(totalMs: number) {
  return {
    // gax's own bound of a single try, where there is a retry policy
    timeout: totalMs,
    retry: {
      retryCodes: retried,
      backoffSettings: {
        ...{ initialRetryDelayMillis: 50, retryDelayMultiplier: 2, maxRetryDelayMillis: 1_000 },
        ...{ initialRpcTimeoutMillis: totalMs / 2, rpcTimeoutMultiplier: 1, maxRpcTimeoutMillis: totalMs / 2 },
        totalTimeoutMillis: totalMs,
      },
    },
  };
}
