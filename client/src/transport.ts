/**
 * One request to the server: adds who asks, waits no longer than told, repeats only what is safe to repeat, and throws what is no success.
 * The token goes to the server's own address only: redirects are not followed.
 *
 * Safe are GET and HEAD, and a POST with an Idempotency-Key, which the server does once. They are repeated after a lost connection and
 * after 429, 502, 503 and 504, with pauses that grow from 250 ms or as long as Retry-After says; a pause of more than a minute is not waited for.
 */
import { ApiProblem, ApiUnreachable, problemOf } from './api-problem.ts';

export type TransportOptions = {
  /** A session token or an API key; a function is asked for each request. */
  readonly token?: string | undefined | (() => string | null | undefined);
  /** Of several organizations the one that is meant (X-Organization-Id). */
  readonly organization?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** `globalThis.fetch` when absent. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** How many times a safe request is repeated: 2 when absent. */
  readonly retries?: number;
  /** Until the answer's end: 60 s when absent, for ever when 0. */
  readonly timeoutMs?: number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type SendOptions = Pick<TransportOptions, 'timeoutMs' | 'retries'>;
export type Transport = (request: Request, options?: SendOptions) => Promise<Response>;

const longestPauseMs = 60_000;
const passing = new Set([429, 502, 503, 504]);

/** Answers are successes (200 to 299). Throws ApiProblem, ApiUnreachable, and what an aborted signal carries. */
export function createTransport(options: TransportOptions): Transport {
  const sleep = options.sleep ?? pause;
  return async (request, { timeoutMs = options.timeoutMs ?? 60_000, retries = options.retries ?? 2 } = {}) => {
    const { signal } = request;
    for (let tried = 0; ; tried += 1) {
      const last = tried >= retries || !isSafe(request);
      try {
        return await sendOnce(options, last ? request : request.clone(), timeoutMs);
      } catch (error) {
        const pauseMs = last ? null : pauseBefore(error, tried);
        if (pauseMs === null) throw error;
        await sleep(pauseMs, signal);
        if (signal.aborted) throw signal.reason;
      }
    }
  };
}

async function sendOnce(options: TransportOptions, request: Request, timeoutMs: number): Promise<Response> {
  const headers = new Headers(request.headers);
  for (const [name, value] of Object.entries(options.headers ?? {})) if (!headers.has(name)) headers.set(name, value);
  const token = typeof options.token === 'function' ? options.token() : options.token;
  if (token) headers.set('authorization', `Bearer ${token}`);
  if (options.organization !== undefined) headers.set('x-organization-id', options.organization);
  const signal = timeoutMs === 0 ? request.signal : AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  const send = options.fetch ?? fetch;
  let response: Response;
  try {
    response = await send(new Request(request, { headers, signal, redirect: 'manual' }));
  } catch (cause) {
    throw request.signal.aborted ? cause : new ApiUnreachable(cause);
  }
  if (response.ok) return response;
  throw await problemOf(response);
}

/** null: trying again would change nothing. */
function pauseBefore(error: unknown, tried: number): number | null {
  const growing = 250 * 2 ** tried;
  if (error instanceof ApiUnreachable) return growing;
  if (!(error instanceof ApiProblem) || !passing.has(error.status)) return null;
  const wantedMs = (error.facts.retryAfterSeconds ?? 0) * 1_000;
  return wantedMs > longestPauseMs ? null : Math.max(wantedMs, growing);
}

function isSafe(request: Request): boolean {
  return request.method === 'GET' || request.method === 'HEAD' || request.headers.has('idempotency-key');
}

/** Also over when the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal.addEventListener('abort', over);
  });
}
