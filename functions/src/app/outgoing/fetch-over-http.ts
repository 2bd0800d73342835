/**
 * A WHATWG `fetch` over the guarded HTTP client, for libraries that bring their own protocol (OAuth, MCP): the same refusal of private
 * addresses, the same limits, no way around. Every exchange is bounded: an answer arrives whole, within `timeoutMs` and `maxBytes`, or
 * not at all. What the client refuses comes as its StepError rather than as fetch's TypeError: it says why.
 */
import { StepError } from '@automateos/shared/model/step-error';
import type { HttpClient, HttpResponse } from '@automateos/shared/ports/http-client';

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export type FetchLimits = {
  /** Whole exchange, redirects included. */
  readonly timeoutMs: number;
  /** Decoded response body. */
  readonly maxBytes: number;
  /** Largest request body. */
  readonly maxRequestBytes?: number;
  /** Ends every exchange, beside the one that a call may bring. */
  readonly signal?: AbortSignal;
  /** Asked for every request before it leaves (not for redirects, on which no credential travels to another origin); throws to refuse. */
  readonly admit?: (url: URL) => void;
};

const defaultMaxRequestBytes = 4 * 1024 * 1024;
const redirects = new Set([301, 302, 303, 307, 308]);
const withoutBody = new Set([204, 205, 304]);
/** They describe the bytes on the wire; the client has undone the codings. */
const wireHeaders = new Set(['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive']);

export function fetchOverHttp(http: HttpClient, limits: FetchLimits): Fetch {
  return async (input, init) => {
    const request = new Request(input, streaming(init));
    limits.admit?.(new URL(request.url));
    const signals = [request.signal, ...(limits.signal === undefined ? [] : [limits.signal])];
    const signal = AbortSignal.any(signals);
    signal.throwIfAborted();
    const response = await http.send({
      method: request.method,
      url: request.url,
      headers: Object.fromEntries(request.headers),
      ...(request.body === null ? {} : { body: await wholeBody(request, limits.maxRequestBytes ?? defaultMaxRequestBytes) }),
      followRedirects: request.redirect === 'follow',
      timeoutMs: limits.timeoutMs,
      maxBytes: limits.maxBytes,
      signal,
    });
    if (request.redirect === 'error' && redirects.has(response.status))
      throw new TypeError(`${new URL(request.url).origin} answered with a redirect, which is not followed here`);
    return toResponse(response);
  };
}

/** fetch wants `duplex` where the body is a stream; callers forget it. */
function streaming(init: RequestInit | undefined): (RequestInit & { readonly duplex?: 'half' }) | undefined {
  return init?.body instanceof ReadableStream ? { ...init, duplex: 'half' } : init;
}

async function wholeBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.length <= maxBytes) return body;
  const message = `The request to ${new URL(request.url).origin} is larger than ${maxBytes} bytes.`;
  throw new StepError({ code: 'REQUEST_INVALID', message, class: 'other', retryable: false });
}

function toResponse({ status, headers, body, url }: HttpResponse): Response {
  const kept = Object.entries(headers).filter(([name]) => !wireHeaders.has(name));
  const response = new Response(withoutBody.has(status) ? null : new Uint8Array(body), { status, headers: kept });
  // a constructed Response has no address of its own; callers resolve relative links against it
  return Object.defineProperty(response, 'url', { value: url, enumerable: true });
}
