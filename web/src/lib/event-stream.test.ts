import { describe, expect, it, vi } from 'vitest';
import type { ApiClient, CallOptions } from './api-client.ts';
import { followEvents, type StreamState } from './event-stream.ts';

/** Answers each connection with the next of `bodies`, and remembers what was asked. */
function streamApi(bodies: readonly string[]): { readonly api: ApiClient; readonly asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  const open = async (_path: string, options?: CallOptions): Promise<Response> => {
    asked.push(options?.headers?.['last-event-id']);
    return new Response(bodies[asked.length - 1] ?? '', { headers: { 'content-type': 'text/event-stream' } });
  };
  const unused = async (): Promise<never> => {
    throw new Error('not a stream');
  };
  return { api: { open, call: unused, text: unused }, asked };
}

describe('following events', () => {
  it('resumes after a lost connection where it stopped, and ends with done', async () => {
    vi.useFakeTimers();
    const { api, asked } = streamApi(['id: 7\ndata: {"a":1}\n\n', 'id: 8\nevent: done\ndata: {}\n\n']);
    const seen: string[] = [];
    const states: StreamState[] = [];
    const stop = followEvents(api, '/events', {
      onEvent: (event) => seen.push(event.id ?? ''),
      onState: (state) => states.push(state),
    });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toEqual([undefined, '7']);
    expect(seen).toEqual(['7', '8']);
    expect(states).toEqual(['connecting', 'live', 'reconnecting', 'live', 'ended']);
    stop();
    vi.useRealTimers();
  });
});
