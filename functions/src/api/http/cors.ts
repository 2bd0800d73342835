/**
 * Cross-origin calls from browsers, for the origins that the operator has named and no others: an origin is compared whole and never
 * reflected. Credentials (cookies) are never allowed: callers send their token themselves. Without named origins no header is sent at all.
 */
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';

const allowMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const allowHeaders = [
  'Accept',
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Mcp-Protocol-Version',
  'Prefer',
  'Traceparent',
  'X-Organization-Id',
  'X-Request-Id',
];
const exposeHeaders = [
  'Content-Disposition',
  'Deprecation',
  'ETag',
  'Idempotency-Replayed',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Limit',
  'RateLimit-Policy',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'Sunset',
  'X-Request-Id',
];

export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const answer = cors({ origin: [...origins], allowMethods, allowHeaders, exposeHeaders, maxAge: 600, credentials: false });
  return async (c, next) => {
    const isPreflight = c.req.method === 'OPTIONS' && c.req.header('access-control-request-method') !== undefined;
    // any other OPTIONS is a method that routes do not have
    const isAsked = c.req.method !== 'OPTIONS' || isPreflight;
    if (isAsked && origins.includes(c.req.header('origin') ?? '')) return answer(c, next);
    await next();
    c.res.headers.append('vary', 'Origin'); // another origin's answer has headers that this one lacks
    return undefined;
  };
}
