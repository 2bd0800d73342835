/**
 * Server-sent events over fetch, because EventSource cannot send the bearer token. Resumes with Last-Event-ID after a lost connection,
 * with pauses of 1, 2, 4 ... 15 s. Ends by itself after `event: done` and on an answer that says there is nothing to follow (4xx).
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './problem-error.ts';

export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'ended';

export type StreamHandlers = {
  readonly onEvent: (event: EventSourceMessage) => void;
  readonly onState: (state: StreamState) => void;
};

/** A connection without a byte for this long is taken for dead; servers send comments more often than that. */
const silenceMs = 60_000;

export function followEvents(api: ApiClient, path: string, handlers: StreamHandlers): () => void {
  const stop = new AbortController();
  void follow(api, path, handlers, stop.signal);
  return () => stop.abort();
}

async function follow(api: ApiClient, path: string, handlers: StreamHandlers, signal: AbortSignal): Promise<void> {
  let lastEventId: string | undefined;
  let failures = 0;
  handlers.onState('connecting');
  while (!signal.aborted) {
    let done = false;
    try {
      const response = await api.open(path, {
        headers: { accept: 'text/event-stream', ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
        signal,
      });
      handlers.onState('live');
      await readEvents(response, signal, (event) => {
        failures = 0;
        if (event.id !== undefined) lastEventId = event.id;
        if (event.event === 'done') done = true;
        handlers.onEvent(event);
      });
    } catch (error) {
      if (signal.aborted) return;
      const status = error instanceof ApiError ? error.failure.status : 0;
      if (status >= 400 && status < 500 && status !== 429) done = true;
    }
    if (signal.aborted) return;
    if (done) {
      handlers.onState('ended');
      return;
    }
    handlers.onState('reconnecting');
    await pause(Math.min(1_000 * 2 ** failures, 15_000), signal);
    failures += 1;
  }
}

async function readEvents(response: Response, signal: AbortSignal, onEvent: (event: EventSourceMessage) => void): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) return;
  let ended = false;
  const parser = createParser({
    onEvent(event) {
      onEvent(event);
      if (event.event === 'done') ended = true;
    },
  });
  while (!ended && !signal.aborted) {
    const chunk = await withDeadline(reader.read(), silenceMs);
    if (chunk === null || chunk.done) break;
    parser.feed(chunk.value);
  }
  await reader.cancel().catch(() => undefined); // already closed: nothing to release
}

function withDeadline<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(null), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
