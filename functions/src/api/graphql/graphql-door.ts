/**
 * POST and GET /graphql. Who asks is known before a byte of the body is read; bodies are JSON of at most 1 MiB, so that no form of another
 * page can be one (a browser asks before it sends that); mutations go by POST only. What is refused here is told as GraphQL tells errors.
 * GraphQL itself is loaded with its first request.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonValue } from '@automateos/shared/model/json';
import type { Hono } from 'hono';
import { z } from 'zod';
import { authenticate, authenticateAccount } from '../../app/auth/authenticate.ts';
import { callerOf } from '../http/caller.ts';
import type { Cursors } from '../http/cursor.ts';
import type { ApiEnv } from '../http/mount-routes.ts';
import { renderProblem } from '../http/problem-response.ts';
import { apiBodyLimitBytes, readBody } from '../http/read-body.ts';
import { admitPrincipal, type RouteContext } from '../http/run-route.ts';
import type { StreamLimit } from '../live/stream-limit.ts';
import { closedPage, graphiqlPage } from './graphiql-page.ts';
import type { DoorServices } from './graphql-context.ts';
import type { GraphqlServer } from './graphql-server.ts';
import type { GraphqlSettings } from './graphql-settings.ts';

export type GraphqlDoorContext = RouteContext &
  DoorServices & {
    readonly cursors: Cursors;
    readonly streams: StreamLimit;
    readonly graphql: GraphqlSettings;
  };

/** Loads once; a load that fails is tried again by the next request. */
export function lazyGraphqlServer(settings: GraphqlSettings): () => Promise<GraphqlServer> {
  let server: Promise<GraphqlServer> | null = null;
  return () => {
    server ??= import('./graphql-server.ts').then(
      ({ createGraphqlServer }) => createGraphqlServer(settings),
      (error: unknown) => {
        server = null;
        throw error;
      },
    );
    return server;
  };
}

export function mountGraphql(hono: Hono<ApiEnv>, context: GraphqlDoorContext): void {
  const { app, graphql } = context;
  const server = lazyGraphqlServer(graphql);

  hono.all('/graphql', async (c) => {
    const request = c.req.raw;
    const requestId = c.get('requestId');
    c.set('route', '/graphql');
    if (asksForPage(request)) return graphql.open ? graphiqlPage(app.ids.make('nonce')) : closedPage();
    const extra: Record<string, string> = {};
    const incoming = { request, params: {}, requestId, clientAddress: c.env.clientAddress ?? 'unknown', extra };
    try {
      if (request.method !== 'POST' && request.method !== 'GET') {
        throw new AppError('METHOD_NOT_ALLOWED', { method: request.method.slice(0, 16), allowed: 'GET, POST' });
      }
      const asked = callerOf((name) => request.headers.get(name), incoming);
      const { principal } = await admitPrincipal(context, incoming);
      const renew = async () => (await authenticate(app, context.identity, asked).catch(() => null))?.principal ?? null;
      const caller = {
        ...{
          app,
          principal,
          requestId,
          identity: context.identity,
          maintenance: context.maintenance,
          testRuns: context.testRuns,
        },
        ...{ cursors: context.cursors, live: { streams: context.streams, renew } },
        account: () => authenticateAccount(app, context.identity, asked),
        agent: request.headers.get('user-agent') ?? undefined,
      };
      const response = await (await server()).fetch(await plainRequest(request), { caller });
      return withHeaders(response, extra);
    } catch (error) {
      return withHeaders(errorResponse(error, request, requestId, context), extra);
    }
  });
}

/** As it came, with its body read and checked. */
async function plainRequest(request: Request): Promise<Request> {
  const { url, method, headers, signal } = request;
  if (method === 'GET') return new Request(url, { method, headers, signal });
  const rules = { yaml: false, optional: false, limitBytes: apiBodyLimitBytes };
  const { bytes, value } = await readBody(request, rules, async () => {
    throw new AppError('INTERNAL'); // for YAML, which these rules refuse
  });
  checkParams(value);
  const sent = new Headers(headers);
  sent.set('content-type', 'application/json');
  sent.delete('content-length');
  return new Request(url, { method, headers: sent, body: bytes.slice(), signal });
}

const Params = z.strictObject({
  query: z.string().nullish(),
  documentId: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: z.looseObject({}).nullish(),
  extensions: z.looseObject({}).nullish(),
});

/** One operation: a list of them would be as many times as expensive as its limits allow. */
function checkParams(body: JsonValue): void {
  const parsed = Params.safeParse(body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    throw new AppError('MALFORMED_REQUEST', {
      reason: `The body is no GraphQL request. ${where}${issue?.message ?? ''}`.trimEnd(),
    });
  }
  const { query, documentId, extensions } = parsed.data;
  if (query == null && documentId == null && extensions?.persistedQuery === undefined) {
    throw new AppError('MALFORMED_REQUEST', { reason: 'The body has no query.' });
  }
}

const graphqlType = 'application/graphql-response+json';

/** Errors of the request as a whole, in the type that the caller takes. */
function errorResponse(error: unknown, request: Request, requestId: string, { app }: GraphqlDoorContext): Response {
  const { status, headers, body } = renderProblem(error, requestId, app.logger);
  const { code, detail, problems } = body;
  const extensions = { code, requestId, ...(problems === undefined ? {} : { problems }) };
  const type = request.headers.get('accept')?.includes(graphqlType) === true ? graphqlType : 'application/json';
  return new Response(JSON.stringify({ errors: [{ message: detail, extensions }] }), {
    status,
    headers: { ...headers, 'content-type': `${type}; charset=utf-8` },
  });
}

function withHeaders(response: Response, extra: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(extra)) if (!response.headers.has(name)) response.headers.set(name, value);
  return response;
}

function asksForPage(request: Request): boolean {
  if (request.method !== 'GET' || new URL(request.url).searchParams.has('query')) return false;
  return request.headers.get('accept')?.includes('text/html') === true;
}
