/**
 * Server-sent events over fetch, because EventSource cannot send a bearer token. Goes on with Last-Event-ID after a lost connection, so
 * that nothing is missed; what a server tells twice is for the caller to know.
 *
 *   connecting -> open -> event ... -> `done` event -> done
 *       any cut -> (pause) connecting ...;   `maxCuts` cuts in a row -> gave-up;   an answer that is no stream -> no-stream
 *       any -> abort -> aborted;   an answer that will not get better -> throws
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ApiProblem } from './api-problem.ts';
import { pause } from './transport.ts';

export type StreamMessage = EventSourceMessage;

export type StreamNews =
  | { readonly kind: 'open' }
  | { readonly kind: 'event'; readonly event: StreamMessage }
  | { readonly kind: 'cut'; readonly reason: string };

export type StreamEnd = 'done' | 'aborted' | 'gave-up' | 'no-stream';

export type FollowOptions = {
  /** Asks anew with these headers beside its own; throws what went wrong. */
  readonly open: (headers: Readonly<Record<string, string>>) => Promise<Response>;
  readonly signal: AbortSignal;
  readonly lastEventId?: string;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Whether what `open` threw may be over in a moment: the server restarts, or asks for patience. */
  readonly isPassing?: (error: unknown) => boolean;
  /** For ever when absent. */
  readonly maxCuts?: number;
  /** The first pause, doubled with each cut in a row up to the longest. */
  readonly pauseMs?: { readonly first: number; readonly longest: number };
  /** A connection without a byte for this long is taken for dead; servers send comments more often than that. */
  readonly silenceMs?: number;
};

const maxBufferedCharacters = 16 * 1_048_576;
const silentForMs = 60_000;
/** Kept between comments of a server that lives, 15 s apart. */
const pauses = { first: 500, longest: 15_000 };

export async function* followEvents(options: FollowOptions): AsyncGenerator<StreamNews, StreamEnd> {
  const { signal, sleep = pause, pauseMs = pauses, maxCuts = Number.POSITIVE_INFINITY } = options;
  let lastEventId = options.lastEventId ?? '';
  for (let cuts = 0; cuts < maxCuts; cuts += 1) {
    let reason = 'the event stream ended early';
    try {
      const response = await options.open({
        accept: 'text/event-stream',
        ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
      });
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return 'no-stream';
      yield { kind: 'open' };
      for await (const event of readEvents(response, signal, options.silenceMs ?? silentForMs)) {
        cuts = 0;
        if (event.id) lastEventId = event.id;
        yield { kind: 'event', event };
        if (event.event === 'done') return 'done';
      }
    } catch (error) {
      if (signal.aborted) return 'aborted';
      if (!(options.isPassing ?? isPassing)(error)) throw error;
      reason = error instanceof Error ? error.message : reason;
    }
    if (signal.aborted) return 'aborted';
    yield { kind: 'cut', reason };
    await sleep(Math.min(pauseMs.longest, pauseMs.first * 2 ** cuts), signal);
  }
  return 'gave-up';
}

function isPassing(error: unknown): boolean {
  return !(error instanceof ApiProblem) || error.status === 429 || (error.status >= 500 && error.status !== 501);
}

/** The messages of one connection, in order. Ends when the server ends it, when it is silent, or with the signal; a cut throws. */
async function* readEvents(response: Response, signal: AbortSignal, silenceMs: number): AsyncGenerator<StreamMessage> {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let ready: StreamMessage[] = [];
  const parser = createParser({ onEvent: (event) => ready.push(event), maxBufferSize: maxBufferedCharacters });
  try {
    while (!signal.aborted) {
      const chunk = await withDeadline(reader.read(), silenceMs, signal);
      if (chunk === null || chunk.done) return;
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      const batch = ready;
      ready = [];
      yield* batch;
    }
  } finally {
    await reader.cancel().catch(() => undefined); // closed already: nothing to release
  }
}

/** null: nothing came in time, or nobody waits any more. */
async function withDeadline<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T | null> {
  const over = new AbortController();
  const settled = promise.finally(() => over.abort());
  settled.catch(() => undefined); // told by the race, or of no interest after it
  return Promise.race([
    settled,
    pause(ms, AbortSignal.any([signal, over.signal])).then(() => (over.signal.aborted ? settled : null)),
  ]);
}
