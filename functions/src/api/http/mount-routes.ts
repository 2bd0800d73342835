/** Routes onto Hono: answers as responses, problems as problem documents, 404 and 405 included. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Context, Hono } from 'hono';
import { traceRequest } from '../../app/telemetry/observe-request.ts';
import { hasMatch } from './etag.ts';
import { renderProblem } from './problem-response.ts';
import type { Answer, Method, Route } from './route.ts';
import { type RouteContext, runRoute } from './run-route.ts';

export type ApiEnv = { Bindings: { readonly clientAddress?: string }; Variables: { requestId: string; route?: string } };

export function mountRoutes(hono: Hono<ApiEnv>, context: RouteContext, routes: readonly Route[]): void {
  const methodsByPath = new Map<string, Set<Method>>();
  // fixed segments before parameters: /v1/workflows/validate is no id
  for (const route of routes.toSorted((a, b) => paramCount(a.path) - paramCount(b.path))) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    methodsByPath.set(path, (methodsByPath.get(path) ?? new Set()).add(route.method));
    hono.on(route.method.toUpperCase(), path, (c) => answerRoute(c, context, route));
  }
  for (const [path, methods] of methodsByPath) {
    const allowed = [...methods, ...(methods.has('get') ? ['head'] : [])].map((method) => method.toUpperCase()).join(', ');
    hono.all(path, (c) => {
      throw new AppError('METHOD_NOT_ALLOWED', { method: c.req.method.slice(0, 16), allowed });
    });
  }
}

function paramCount(path: string): number {
  return path.split('{').length;
}

async function answerRoute(c: Context<ApiEnv>, context: RouteContext, route: Route): Promise<Response> {
  const requestId = c.get('requestId');
  c.set('route', route.path);
  const incoming = {
    request: c.req.raw,
    params: c.req.param(),
    requestId,
    clientAddress: c.env.clientAddress ?? 'unknown',
    extra: {},
  };
  const served = { method: c.req.method, route: route.path, traceparent: c.req.header('traceparent'), requestId };
  // failures are answered in here, so that what is logged of them belongs to the request's trace
  const work = () =>
    runRoute(context, route, incoming).then(
      (answer) => toResponse(answer, c.req.raw, incoming.extra),
      (error: unknown) => problemResponse(c, context, error, incoming.extra),
    );
  return traceRequest(context.app, served, work, (response) => response.status);
}

type Headers = Readonly<Record<string, string>>;

/** `extra` goes below the answer's own headers. What the client has already (If-None-Match) is answered by 304. */
export function toResponse(answer: Answer, request: Request, extra: Headers = {}): Response {
  const { status } = answer;
  const headers = { ...extra, ...answer.headers };
  if ('stream' in answer) return new Response(answer.stream, { status, headers });
  if (isUnchanged(request, status, answer.headers?.etag)) return new Response(null, { status: 304, headers });
  if ('text' in answer) return new Response(answer.text === '' ? null : answer.text, { status, headers });
  if (answer.body === undefined) return new Response(null, { status, headers });
  return new Response(JSON.stringify(answer.body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

function isUnchanged({ method, headers }: Request, status: number, etag: string | undefined): boolean {
  if (status !== 200 || etag === undefined || (method !== 'GET' && method !== 'HEAD')) return false;
  return hasMatch(headers.get('if-none-match'), etag);
}

export function problemResponse(c: Context<ApiEnv>, context: RouteContext, error: unknown, extra: Headers = {}): Response {
  const problem = renderProblem(error, c.get('requestId'), context.app.logger);
  return new Response(JSON.stringify(problem.body), { status: problem.status, headers: { ...extra, ...problem.headers } });
}
