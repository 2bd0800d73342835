/**
 * Server-sent events over what a generator yields, pulled by the reader: a client that does not read holds nothing back but itself.
 * Comments keep the line alive. The end is told: `event: done` where there is nothing more, `event: end` with a code where it was cut off.
 */
import type { LiveItem, StreamEnd } from '@automateos/shared/model/live-event';
import type { Clock } from '@automateos/shared/ports/clock';

export type EventStreamOptions = {
  readonly clock: Clock;
  readonly items: AsyncGenerator<LiveItem, void>;
  /** Sent ahead of the first event: a client that loses the connection before it comes back with this. */
  readonly startId?: string | undefined;
  /** What is told of a failure. */
  readonly explain: (error: unknown) => StreamEnd;
  readonly onEnd: () => void;
};

const keepAliveMs = 15_000;
const encoder = new TextEncoder();

export const eventStreamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // proxies that buffer would hold events back
  'x-accel-buffering': 'no',
} as const;

export function eventStream({ clock, items, startId, explain, onEnd }: EventStreamOptions): ReadableStream<Uint8Array> {
  let pending: Promise<IteratorResult<LiveItem, void>> | null = null;
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    onEnd();
  };

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (startId !== undefined) controller.enqueue(encoder.encode(`id: ${startId}\n\n`));
      },
      async pull(controller) {
        const send = (text: string): void => controller.enqueue(encoder.encode(text));
        try {
          pending ??= items.next();
          const next = await withTick(clock, pending);
          if (next === 'tick') return send(': keep-alive\n\n');
          pending = null;
          if (next.done !== true) return send(`id: ${next.value.id}\ndata: ${JSON.stringify(next.value.event)}\n\n`);
          send('event: done\ndata: {}\n\n');
        } catch (error) {
          send(`event: end\ndata: ${JSON.stringify(explain(error))}\n\n`);
        }
        end();
        controller.close();
      },
      async cancel() {
        end();
        await items.return();
      },
    },
    { highWaterMark: 1 },
  );
}

/** The promise's result, or `tick` when it takes longer than the keep-alive. */
async function withTick<T>(clock: Clock, promise: Promise<T>): Promise<T | 'tick'> {
  let stop: () => void = () => {};
  const tick = new Promise<'tick'>((resolve) => {
    stop = clock.after(keepAliveMs, () => resolve('tick'));
  });
  try {
    return await Promise.race([promise, tick]);
  } finally {
    stop();
  }
}
