/** Routes onto Hono: answers as responses, problems as problem documents, 404 and 405 included. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Context, Hono } from 'hono';
import { traceRequest } from '../../app/telemetry/observe-request.ts';
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
  };
  const served = { method: c.req.method, route: route.path, traceparent: c.req.header('traceparent'), requestId };
  // failures are answered in here, so that what is logged of them belongs to the request's trace
  const work = () => runRoute(context, route, incoming).then(toResponse, (error: unknown) => problemResponse(c, context, error));
  return traceRequest(context.app, served, work, (response) => response.status);
}

export function toResponse(answer: Answer): Response {
  if ('stream' in answer) return new Response(answer.stream, { status: answer.status, headers: answer.headers });
  if ('text' in answer)
    return new Response(answer.text === '' ? null : answer.text, { status: answer.status, headers: answer.headers });
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers: answer.headers ?? {} });
  const headers = { 'content-type': 'application/json', ...answer.headers };
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
}

export function problemResponse(c: Context<ApiEnv>, context: RouteContext, error: unknown): Response {
  const problem = renderProblem(error, c.get('requestId'), context.app.logger);
  return new Response(JSON.stringify(problem.body), { status: problem.status, headers: problem.headers });
}
