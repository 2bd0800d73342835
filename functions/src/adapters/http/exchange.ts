/**
 * One request and its answer on a pooled connection, collected in memory within a byte limit. Built on dispatch callbacks rather
 * than streams: this path is most of what an HTTP step costs.
 */
import type { Dispatcher, Pool } from 'undici';
import { tooLarge } from './http-failure.ts';
import type { HeaderMap } from './request-headers.ts';

export type Answer = {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** As sent: content codings not yet undone. */
  readonly body: Buffer;
};

/** Lets the deadline or the caller's signal end whatever runs at the moment. */
export type Stop = { failure: Error | null; end: ((failure: Error) => void) | null };

export type Outgoing = {
  readonly method: string;
  readonly url: URL;
  readonly headers: HeaderMap;
  readonly body: Uint8Array | string | null;
  readonly maxBytes: number;
};

export function exchange(pool: Pool, outgoing: Outgoing, stop: Stop): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null;
    let status = 0;
    let headers: Record<string, string> = {};
    let bytes = 0;
    let settled = false;
    const chunks: Buffer[] = [];

    const fail = (failure: Error) => {
      if (settled) return;
      settled = true;
      stop.end = null;
      reject(failure);
      controller?.abort(failure);
    };
    if (stop.failure !== null) return fail(stop.failure);
    stop.end = fail;

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        // Given up while the connection was being opened: undici hands out the controller only now.
        if (settled) started.abort(stop.failure ?? new Error('given up'));
      },
      onResponseStart(_controller, code, raw) {
        if (code < 200) return;
        status = code;
        headers = joinHeaders(raw);
        const announced = Number(headers['content-length']);
        if (outgoing.method !== 'HEAD' && announced > outgoing.maxBytes) fail(overLimit(outgoing));
      },
      onResponseData(_controller, chunk) {
        bytes += chunk.length;
        if (bytes > outgoing.maxBytes) fail(overLimit(outgoing));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (settled) return;
        settled = true;
        stop.end = null;
        resolve({ status, headers, body: Buffer.concat(chunks, bytes) });
      },
      onResponseError(_controller, error) {
        fail(error);
      },
    };
    pool.dispatch(
      {
        path: outgoing.url.pathname + outgoing.url.search,
        method: outgoing.method as Dispatcher.HttpMethod, // undici takes any token; checked before
        headers: outgoing.headers,
        body: outgoing.body,
      },
      handler,
    );
  });
}

export function overLimit(outgoing: { readonly url: URL; readonly maxBytes: number }): Error {
  return tooLarge(outgoing.url.origin, `the body exceeds ${outgoing.maxBytes} bytes`);
}

function joinHeaders(raw: Record<string, string | string[] | undefined>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of Object.keys(raw)) {
    const text = raw[name];
    if (text === undefined || name === '__proto__') continue;
    headers[name] = typeof text === 'string' ? text : text.join(', ');
  }
  return headers;
}
