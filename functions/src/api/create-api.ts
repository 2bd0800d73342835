/**
 * The HTTP API as one fetch function: REST under /v1, /healthz, /readyz, /openapi.json, /docs and /metrics. It never throws: every failure is a
 * problem document with the request's id, which is also in the log and in the header X-Request-Id.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Identity } from '@automateos/shared/ports/identity';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { Hono } from 'hono';
import type { Maintenance } from '../app/admin/maintenance.ts';
import type { App } from '../app/app-context.ts';
import { requestServed } from '../app/telemetry/observe-request.ts';
import { mountGraphql } from './graphql/graphql-door.ts';
import { closedGraphql, type GraphqlSettings } from './graphql/graphql-settings.ts';
import { allowOrigins } from './http/cors.ts';
import { createCursors } from './http/cursor.ts';
import { type ApiEnv, mountRoutes, problemResponse } from './http/mount-routes.ts';
import type { RequestLimits } from './http/request-limits.ts';
import { securityHeaders, strictTransport } from './http/security-headers.ts';
import { createStreamLimit, type StreamLimit } from './live/stream-limit.ts';
import { mountMcp } from './mcp/mcp-door.ts';
import { type MetricsAccess, metricsRoute } from './metrics/metrics-route.ts';
import { docsRoutes } from './openapi/docs-routes.ts';
import { healthRoutes } from './rest/health.ts';
import { restRoutes } from './rest/rest-routes.ts';

export type ApiOptions = {
  readonly app: App;
  readonly identity: Identity;
  readonly keyRing: KeyRing;
  readonly maintenance: Maintenance;
  /** Absent: there is no /metrics. */
  readonly metrics?: MetricsAccess | undefined;
  /** Absent: requests are not limited. */
  readonly limits?: RequestLimits | undefined;
  /** Origins whose pages may call from a browser. */
  readonly corsOrigins?: readonly string[];
  /** Places for live streams, shared with other doors of the process. */
  readonly streams?: StreamLimit;
  /** Absent: without GraphiQL and introspection. */
  readonly graphql?: GraphqlSettings | undefined;
};

export type Api = {
  /** `clientAddress` is the peer's, or what a trusted proxy says of it. */
  fetch(request: Request, connection?: { readonly clientAddress: string }): Promise<Response>;
};

export function createApi({
  app,
  identity,
  keyRing,
  maintenance,
  metrics,
  limits,
  corsOrigins = [],
  graphql = closedGraphql,
  streams = createStreamLimit(),
}: ApiOptions): Api {
  const context = { app, identity, limits, cursors: createCursors(keyRing), maintenance, streams, testRuns: new Set<string>() };
  const hono = new Hono<ApiEnv>({ strict: true });

  hono.use(async (c, next) => {
    const requestId = requestIdOf(c.req.header('x-request-id')) ?? app.ids.make('req');
    c.set('requestId', requestId);
    const startedAt = app.clock.now();
    await next();
    for (const [name, value] of Object.entries(
      securityHeaders(c.res.headers.get('content-type')?.startsWith('text/html') ? 'page' : 'api'),
    )) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    if (app.settings.publicUrl.startsWith('https:')) c.res.headers.set(...strictTransport);
    c.res.headers.set('x-request-id', requestId);
    requestServed(app, { method: c.req.method, route: c.get('route'), startedAt }, c.res.status);
  });
  if (corsOrigins.length > 0) hono.use(allowOrigins(corsOrigins));
  const rest = restRoutes(context);
  mountRoutes(hono, context, [...rest, ...healthRoutes(context)]);
  docsRoutes(hono, rest);
  mountGraphql(hono, { ...context, graphql });
  mountMcp(hono, { ...context, corsOrigins });
  if (metrics !== undefined) metricsRoute(hono, metrics);
  hono.notFound((c) => problemResponse(c, context, new AppError('NOT_FOUND', { what: 'address', id: c.req.path.slice(0, 256) })));
  hono.onError((error, c) => problemResponse(c, context, error));

  return {
    fetch: async (request, connection) => hono.fetch(request, { clientAddress: connection?.clientAddress ?? 'unknown' }),
  };
}

/** A caller's own id is kept where it can do no harm in a log or a header. */
function requestIdOf(header: string | undefined): string | null {
  return header !== undefined && /^[A-Za-z0-9_-]{8,64}$/.test(header) ? header : null;
}
