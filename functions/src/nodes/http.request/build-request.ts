/** Turns params into the request that every attempt of the step sends. */
import type { HttpRequest } from '@automateos/shared/ports/http-client';
import type { StepContext } from '@automateos/shared/ports/node-runtime';
import { buildBody } from './build-body.ts';
import type { HttpRequestParams } from './params.ts';
import { withQuery } from './query.ts';

/** The runner's signal ends the step at its timeout; this only bounds a request that nobody waits for. */
const outerTimeoutMs = 86_400_000;

export function buildRequest(params: HttpRequestParams, context: Pick<StepContext, 'idempotencyKey' | 'signal'>): HttpRequest {
  const body = buildBody(params.bodyType, params.body, context.idempotencyKey);
  const headers = headersOf(params);
  if (body !== null) addDefault(headers, 'content-type', body.contentType);
  addDefault(headers, 'idempotency-key', context.idempotencyKey);
  return {
    method: params.method,
    url: withQuery(params.url, params.query ?? {}),
    headers,
    ...(body === null ? {} : { body: body.bytes }),
    followRedirects: params.followRedirects,
    timeoutMs: outerTimeoutMs,
    maxBytes: params.maxBytes,
    signal: context.signal,
  };
}

function headersOf(params: HttpRequestParams): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(params.headers ?? {})) {
    if (value !== null) headers[name] = String(value);
  }
  return headers;
}

function addDefault(headers: Record<string, string>, name: string, value: string): void {
  if (!Object.keys(headers).some((given) => given.toLowerCase() === name)) headers[name] = value;
}
