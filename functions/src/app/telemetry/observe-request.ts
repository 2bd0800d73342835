/**
 * Requests from outside: a span of their own trace and their duration, by route template and status. A stranger's traceparent is linked to,
 * never followed: it chooses neither our trace ids nor what is sampled.
 */
import type { App } from '../app-context.ts';
import { metrics } from './metric-names.ts';

export type ServedRequest = {
  readonly method: string;
  /** Template (`/v1/workflows/{id}`), never the address itself. */
  readonly route: string;
  /** The request's header, as it came. */
  readonly traceparent: string | undefined;
  readonly requestId?: string;
};

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Runs `work` in the request's span. `statusOf` reads the answer, which is there for failures too: `work` does not throw. */
export function traceRequest<T>(
  app: App,
  request: ServedRequest,
  work: () => Promise<T>,
  statusOf: (answer: T) => number,
): Promise<T> {
  return app.telemetry.tracing ? traced(app, request, work, statusOf) : work();
}

async function traced<T>(app: App, request: ServedRequest, work: () => Promise<T>, statusOf: (answer: T) => number): Promise<T> {
  const { telemetry } = app;
  const method = methodOf(request.method);
  const span = telemetry.startSpan(`${method} ${request.route}`, {
    kind: 'server',
    parent: null,
    links: [request.traceparent],
    attributes: {
      'http.request.method': method,
      'http.route': request.route,
      ...(request.requestId === undefined ? {} : { 'automateos.request.id': request.requestId }),
    },
  });
  let status = 500;
  try {
    const answer = await telemetry.within(span, work);
    status = statusOf(answer);
    return answer;
  } finally {
    span.set({ 'http.response.status_code': status });
    if (status >= 500) span.fail(String(status));
    span.end();
  }
}

/** `route` undefined: the address fits none. */
export function requestServed(
  app: App,
  request: { method: string; route: string | undefined; startedAt: number },
  status: number,
): void {
  const { telemetry, clock, logger } = app;
  const durationMs = clock.now() - request.startedAt;
  const method = methodOf(request.method);
  if (telemetry.metering) {
    const labels = { 'http.request.method': method, 'http.response.status_code': status };
    const { route } = request;
    telemetry.record(
      metrics.requestDuration,
      durationMs / 1_000,
      route === undefined ? labels : { ...labels, 'http.route': route },
    );
  }
  logger.debug('request', {
    httpRequest: { requestMethod: method, requestUrl: request.route ?? '', status, latency: `${durationMs / 1_000}s` },
  });
}

function methodOf(method: string): string {
  return methods.has(method) ? method : '_OTHER';
}
