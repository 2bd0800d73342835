/**
 * The guarded HTTP client: every request and every redirect passes the egress guard, the whole exchange has one deadline, bodies and
 * headers have limits. Connections are kept alive per origin. Implements HttpClient.
 */
import { StepError } from '@automateos/shared/model/step-error';
import type { HttpClient, HttpRequest, HttpResponse } from '@automateos/shared/ports/http-client';
import { LRUCache } from 'lru-cache';
import { Pool } from 'undici';
import { parseAllowList } from './allow-list.ts';
import { decodeBody } from './decode-body.ts';
import { createEgressGuard } from './egress-guard.ts';
import { exchange, type Outgoing, type Stop } from './exchange.ts';
import { abortFailure, timedOut, toStepError } from './http-failure.ts';
import { createPinnedConnector, type Resolve, systemResolve } from './pinned-connector.ts';
import { followUp } from './redirect.ts';
import { requestHeaders } from './request-headers.ts';

export type HttpClientOptions = {
  /** Hosts, addresses and CIDR ranges that may be reached although private (AUTOMATEOS_EGRESS_ALLOW). */
  readonly allow: readonly string[];
  readonly resolve?: Resolve;
  readonly userAgent?: string;
  /** Certificates to trust instead of the system's (PEM). */
  readonly ca?: string;
  readonly connectionsPerOrigin?: number;
};

export type OwnedHttpClient = HttpClient & {
  /** Ends every connection; exchanges that still run fail. For the end of the process, after its work was drained. */
  close(): Promise<void>;
};

const maxRedirects = 10;
const maxHeaderBytes = 64 * 1024;
const maxOrigins = 500;
const methodToken = /^[A-Z]{1,32}$/;

export function createHttpClient(options: HttpClientOptions): OwnedHttpClient {
  const guard = createEgressGuard(parseAllowList(options.allow));
  const connect = createPinnedConnector(guard, options.resolve ?? systemResolve, options.ca);
  /** Pools with possibly running exchanges: those in use and those that were displaced and end when they are idle. */
  const live = new Set<Pool>();
  const retire = (pool: Pool) => {
    pool.close().then(
      () => live.delete(pool),
      () => live.delete(pool), // destroyed meanwhile: gone either way
    );
  };
  const pools = new LRUCache<string, Pool>({ max: maxOrigins, dispose: retire });

  function poolOf(origin: string): Pool {
    const known = pools.get(origin);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connect,
      connections: options.connectionsPerOrigin ?? 128,
      pipelining: 1,
      // The exchange's own deadline covers headers and body, slow drips included.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: maxHeaderBytes,
    });
    pools.set(origin, pool);
    live.add(pool);
    return pool;
  }

  async function follow(first: Outgoing, followRedirects: boolean, stop: Stop): Promise<HttpResponse> {
    let outgoing = first;
    for (let hops = 0; ; hops += 1) {
      const origin = outgoing.url.origin;
      try {
        const answer = await exchange(poolOf(origin), outgoing, stop);
        const next = followRedirects ? followUp(outgoing, answer, guard.admit) : null;
        if (next === null) {
          const body = await decodeBody(answer.body, answer.headers['content-encoding'], origin, outgoing.maxBytes);
          return { status: answer.status, headers: answer.headers, body, url: outgoing.url.href };
        }
        if (hops === maxRedirects) throw tooManyRedirects(first.url.origin);
        outgoing = next;
      } catch (error) {
        throw toStepError(origin, error);
      }
    }
  }

  return {
    async check(url) {
      guard.admit(url);
    },
    async send(request) {
      const first = outgoingOf(request, guard.admit(request.url), options.userAgent ?? 'AutomateOS');
      const { origin } = first.url;
      if (request.signal.aborted) throw abortFailure(origin, request.signal.reason);
      const stop: Stop = { failure: null, end: null };
      const end = (failure: StepError) => {
        stop.failure = failure;
        stop.end?.(failure);
      };
      const onAbort = () => end(abortFailure(origin, request.signal.reason));
      const timer = setTimeout(() => end(timedOut(origin, request.timeoutMs)), request.timeoutMs);
      request.signal.addEventListener('abort', onAbort);
      try {
        return await follow(first, request.followRedirects, stop);
      } finally {
        clearTimeout(timer);
        request.signal.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      const ending = [...live];
      live.clear();
      pools.clear();
      await Promise.all(ending.map((pool) => pool.destroy()));
    },
  };
}

function outgoingOf(request: HttpRequest, url: URL, userAgent: string): Outgoing {
  const method = request.method.toUpperCase();
  if (!methodToken.test(method) || method === 'CONNECT' || method === 'TRACE') {
    const message = `The method ${JSON.stringify(method.slice(0, 32))} is not allowed.`;
    throw new StepError({ code: 'REQUEST_INVALID', message, class: 'other', retryable: false });
  }
  const headers = requestHeaders(request.headers, userAgent);
  return { method, url, headers, body: request.body ?? null, maxBytes: request.maxBytes };
}

function tooManyRedirects(origin: string): StepError {
  const message = `The request to ${origin} was redirected more than ${maxRedirects} times.`;
  return new StepError({ code: 'TOO_MANY_REDIRECTS', message, class: 'other', retryable: false });
}
