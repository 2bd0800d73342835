/** The events of an execution as callbacks: what the typed client follows, with the words for it that the console shows. */
import { type StreamMessage, followEvents as streamEvents } from '@automateos/client/event-stream';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './problem-error.ts';

export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'ended';

export type StreamHandlers = {
  readonly onEvent: (event: StreamMessage) => void;
  readonly onState: (state: StreamState) => void;
};

/** Ends by itself after `event: done` and on an answer that says there is nothing to follow (4xx). Answers what stops it earlier. */
export function followEvents(api: ApiClient, path: string, handlers: StreamHandlers): () => void {
  const stop = new AbortController();
  void follow(api, path, handlers, stop.signal);
  return () => stop.abort();
}

async function follow(api: ApiClient, path: string, handlers: StreamHandlers, signal: AbortSignal): Promise<void> {
  const open = (headers: Record<string, string>) => api.open(path, { headers, signal });
  handlers.onState('connecting');
  try {
    for await (const news of streamEvents({ open, isPassing, signal, pauseMs: { first: 1_000, longest: 15_000 } })) {
      if (signal.aborted) return;
      if (news.kind === 'event') handlers.onEvent(news.event);
      else handlers.onState(news.kind === 'open' ? 'live' : 'reconnecting');
    }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error; // a handler's own fault
  }
  if (!signal.aborted) handlers.onState('ended');
}

/** Another answer than "there is nothing to follow": a lost connection, a fault of the server, a plea for patience. */
function isPassing(error: unknown): boolean {
  const status = error instanceof ApiError ? error.failure.status : 0;
  return status < 400 || status >= 500 || status === 429;
}
