/**
 * Server-sent events over what a generator yields, pulled by the reader: a client that does not read holds nothing back but itself.
 * Comments keep the line alive; the stream ends when the right to read has.
 */
import type { Clock } from '@automateos/shared/ports/clock';

export type StreamItem = { readonly id: string; readonly data: unknown };

export type EventStreamOptions = {
  readonly clock: Clock;
  /** Called with a signal that aborts when the client is gone. Returns when there is nothing more to tell. */
  readonly items: (signal: AbortSignal) => AsyncGenerator<StreamItem, void>;
  /** Asked every half minute; false ends the stream. */
  readonly mayGoOn: () => Promise<boolean>;
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

export function eventStream({ clock, items, mayGoOn, onEnd }: EventStreamOptions): ReadableStream<Uint8Array> {
  const abort = new AbortController();
  const source = items(abort.signal);
  let pending: Promise<IteratorResult<StreamItem, void>> | null = null;
  let ticks = 0;
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    abort.abort();
    onEnd();
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        try {
          pending ??= source.next();
          const next = await withTick(clock, pending);
          if (next !== 'tick') {
            pending = null;
            if (next.done !== true) return send(`id: ${next.value.id}\ndata: ${JSON.stringify(next.value.data)}\n\n`);
            send('event: done\ndata: {}\n\n');
            end();
            return controller.close();
          }
          ticks += 1;
          if (ticks % 2 === 0 && !(await mayGoOn())) {
            end();
            return controller.close();
          }
          return send(': keep-alive\n\n');
        } catch (error) {
          end();
          controller.error(error);
        }
      },
      cancel: end,
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
