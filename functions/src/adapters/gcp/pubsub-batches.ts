/**
 * Gathers messages per topic for a moment and sends them in as few requests as Pub/Sub's limits allow. Each caller is answered when all of
 * its own messages are acknowledged, and fails when one of their requests does.
 */
export type OutgoingMessage = {
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  /** As they are billed. */
  readonly bytes: number;
};

export type PublishBatches = {
  add(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Sends what waits and resolves when everything under way has an answer, a failure included. */
  flush(): Promise<void>;
};

/** Pub/Sub takes 1,000 messages and 10 MB in one request; some room is left for what is around the messages. */
const messageLimit = 1_000;
const byteLimit = 9_000_000;
/** Of one message, for what surrounds it on the wire. */
const wireBytes = 64;

type Entry = { readonly message: OutgoingMessage; readonly done: () => void; readonly failed: (error: unknown) => void };

export function createPublishBatches(options: {
  readonly tickMs: number;
  send(topic: string, messages: readonly OutgoingMessage[]): Promise<void>;
}): PublishBatches {
  const waiting = new Map<string, Entry[]>();
  const underWay = new Set<Promise<void>>();

  function sendAll(topic: string): void {
    const entries = waiting.get(topic);
    waiting.delete(topic);
    for (const batch of splitByLimits(entries ?? [])) {
      const sent = sendOne(topic, batch).finally(() => underWay.delete(sent));
      underWay.add(sent);
    }
  }

  async function sendOne(topic: string, batch: readonly Entry[]): Promise<void> {
    try {
      const messages = batch.map(({ message }) => message);
      await options.send(topic, messages);
      for (const { done } of batch) done();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }

  function enqueue(topic: string, message: OutgoingMessage): Promise<void> {
    const entries = waiting.get(topic) ?? [];
    if (entries.length === 0) {
      waiting.set(topic, entries);
      setTimeout(() => sendAll(topic), options.tickMs);
    }
    return new Promise((done, failed) => {
      entries.push({ message, done, failed });
    });
  }

  return {
    async add(topic, messages) {
      await Promise.all(messages.map((message) => enqueue(topic, message)));
    },
    async flush() {
      for (const topic of [...waiting.keys()]) sendAll(topic);
      await Promise.all(underWay);
    },
  };
}

function splitByLimits(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const batches: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const size = entry.message.bytes + wireBytes;
    const last = batches.at(-1);
    if (last === undefined || last.length >= messageLimit || bytes + size > byteLimit) {
      batches.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return batches;
}
