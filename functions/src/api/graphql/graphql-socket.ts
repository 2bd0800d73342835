/**
 * GraphQL over WebSocket (`graphql-transport-ws`). A client says who it is with `connection_init` ({authorization, organizationId}), or in the
 * headers of the upgrade; a page of another site has nothing to say there, as nothing is known by cookie. Each operation is admitted like a
 * request of its own. A socket holds at most a hundred operations; a stream waits for its reader: nothing is kept for one that does not read.
 *
 *     connecting -> connection_init within 3 s -> open (subscribe, complete, ping, in any number)
 *     closed by us: 4400 no message of the protocol, 4401 subscribe before init, 4403 not known, 4406 other subprotocol, 4408 no init,
 *     4409 an id that is in use, 4429 init twice, 1009 a message above 1 MiB, 1001 the server ends
 */
import { AppError } from '@automateos/shared/model/app-error';
import { parseBoundedJson } from '@automateos/shared/model/bounded-json';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, type Context, makeServer, type SubscribePayload } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { authenticate, authenticateAccount } from '../../app/auth/authenticate.ts';
import { callerOf } from '../http/caller.ts';
import type { Cursors } from '../http/cursor.ts';
import { apiBodyLimitBytes, refuseProto } from '../http/read-body.ts';
import { admitPrincipal, type IncomingRequest, type RouteContext } from '../http/run-route.ts';
import type { StreamLimit } from '../live/stream-limit.ts';
import { finishResult } from './finish-results.ts';
import type { DoorServices, GraphqlCaller, GraphqlContext } from './graphql-context.ts';
import { createGraphqlServer } from './graphql-server.ts';
import type { GraphqlSettings } from './graphql-settings.ts';
import { knownDocument } from './known-operations.ts';
import { type Finishing, finishError } from './public-error.ts';

const mostOperations = 100;
const pingMs = 15_000;

export type GraphqlSocketContext = RouteContext &
  DoorServices & {
    readonly cursors: Cursors;
    readonly streams: StreamLimit;
    readonly graphql: GraphqlSettings;
  };

/** What is known of a connection: headers of its upgrade, and where it comes from. */
export type Connected = { readonly headers: Headers; readonly clientAddress: string };

export type GraphqlSocket = {
  /** Owns the socket, which was upgraded already, until it closes. */
  open(socket: WebSocket, connected: Connected): void;
};

export const graphqlSocketLimitBytes = apiBodyLimitBytes;

type Extra = Connected;

/** What an operation is run by: its own pipeline, which knows its caller. */
type Pipeline = {
  readonly execute: (args: ExecutionArgs) => ReturnType<NonNullable<Parameters<typeof makeServer>[0]['execute']>>;
  readonly subscribe: Pipeline['execute'];
};

export function createGraphqlSocket(context: GraphqlSocketContext): GraphqlSocket {
  const { app, graphql } = context;
  const yoga = createGraphqlServer(graphql);
  const finishing = (requestId: string): Finishing => ({ requestId, logger: app.logger, suggestions: graphql.open });
  const pipelineOf = ({ rootValue }: ExecutionArgs) => rootValue as Pipeline; // put there by onSubscribe

  const server = makeServer<Record<string, unknown> | undefined, Extra>({
    async onConnect(ctx) {
      const known = await admit(context, ctx).catch(() => null);
      return known !== null;
    },
    async onSubscribe(ctx, _id, payload) {
      const requestId = app.ids.make('req');
      try {
        if (Object.keys(ctx.subscriptions).length > mostOperations) throw new AppError('RATE_LIMITED', { retryAfterSeconds: 10 });
        const caller = await admit(context, ctx, requestId);
        return await prepare(yoga, graphql, caller, payload);
      } catch (error) {
        const errors = error instanceof AggregateError ? error.errors : [error];
        return errors.map((one: unknown) => finishError(one instanceof GraphQLError ? one : wrapped(one), finishing(requestId)));
      }
    },
    execute: (args) => pipelineOf(args).execute(args),
    subscribe: (args) => pipelineOf(args).subscribe(args),
    onNext: (_ctx, _id, _payload, { contextValue }, result) => {
      const { errors, ...rest } = finishResult(result, finishing(requestIdOf(contextValue)));
      const { data = null, extensions } = rest;
      const told = { data, ...(extensions === undefined ? {} : { extensions }) };
      return errors === undefined ? told : { ...told, errors: errors.map(shown) };
    },
    onError: (_ctx, _id, _payload, errors) => errors.map((error) => shown(finished(error, finishing(app.ids.make('req'))))),
  });

  return {
    open(socket, connected) {
      const stopPings = keepAlive(socket, app.clock);
      const closed = server.opened(
        {
          protocol: socket.protocol,
          send: (text) => send(socket, text),
          close: (code, reason) => socket.close(code, reason),
          onMessage: (take) => {
            socket.on('message', (data, isBinary) => {
              const text = isBinary ? null : String(data);
              if (text === null || !isHarmless(text)) return socket.close(CloseCode.BadRequest, 'Invalid message received');
              take(text).catch((error: unknown) => {
                app.logger.error('graphql-socket-failed', {}, error);
                socket.close(CloseCode.InternalServerError, 'Internal server error');
              });
            });
          },
        },
        connected,
      );
      socket.on('error', () => socket.terminate()); // broken frames and the like: the client's own affair
      socket.once('close', (code, reason) => {
        stopPings();
        closed(code, String(reason)).catch((error: unknown) => app.logger.error('graphql-socket-failed', {}, error));
      });
    },
  };
}

/** Who asks, as for a request. Throws what a request would be refused for. */
async function admit(
  context: GraphqlSocketContext,
  { connectionParams, extra }: Context<Record<string, unknown> | undefined, Extra>,
  requestId = context.app.ids.make('req'),
): Promise<GraphqlCaller> {
  const headers = new Headers(extra.headers);
  for (const [param, header] of [
    ['authorization', 'authorization'],
    ['organizationId', 'x-organization-id'],
  ] as const) {
    const value = connectionParams?.[param] ?? (param === 'authorization' ? connectionParams?.Authorization : undefined);
    if (typeof value === 'string') headers.set(header, value);
  }
  const { app, identity, maintenance, testRuns, cursors, streams } = context;
  const request = new Request('http://localhost/graphql', { headers });
  const incoming: IncomingRequest = { request, params: {}, requestId, clientAddress: extra.clientAddress, extra: {} };
  const { principal } = await admitPrincipal(context, incoming);
  const asked = callerOf((name) => headers.get(name), incoming);
  const renew = async () => (await authenticate(app, identity, asked).catch(() => null))?.principal ?? null;
  const account = () => authenticateAccount(app, identity, asked);
  const agent = extra.headers.get('user-agent') ?? undefined;
  return { app, principal, requestId, identity, maintenance, testRuns, cursors, live: { streams, renew }, account, agent };
}

/** Parsed, validated, and with its context. Throws GraphQLError, or AggregateError of them. */
async function prepare(
  yoga: ReturnType<typeof createGraphqlServer>,
  settings: GraphqlSettings,
  caller: GraphqlCaller,
  payload: SubscribePayload,
): Promise<ExecutionArgs> {
  const request = new Request('http://localhost/graphql', { method: 'POST' });
  const params = { query: knownDocument(settings, payload), variables: payload.variables ?? {} };
  const enveloped = yoga.getEnveloped({ caller, request, params, waitUntil: () => {} });
  const document = enveloped.parse(params.query);
  const errors: readonly Error[] = enveloped.validate(enveloped.schema, document);
  if (errors.length > 0) throw new AggregateError(errors);
  const { execute, subscribe } = enveloped;
  return {
    ...{ schema: enveloped.schema, document, variableValues: params.variables, rootValue: { execute, subscribe } },
    ...(payload.operationName == null ? {} : { operationName: payload.operationName }),
    contextValue: await enveloped.contextFactory(),
  };
}

function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    // whether it arrives is told by the close that follows
    if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
    else resolve();
  });
}

/** Bounded in depth, and no key that means something to a reader. */
function isHarmless(text: string): boolean {
  const parsed = parseBoundedJson(text);
  if (!parsed.ok) return false;
  try {
    refuseProto(parsed.value);
    return true;
  } catch {
    return false; // it says why; the close code is all that the protocol has for it
  }
}

/** A peer that does not answer a ping until the next one is gone. */
function keepAlive(socket: WebSocket, clock: RouteContext['app']['clock']): () => void {
  let heard = true;
  let stop = (): void => {};
  socket.on('pong', () => {
    heard = true;
  });
  const tick = (): void => {
    if (!heard) {
      socket.terminate();
      return;
    }
    heard = false;
    if (socket.readyState === socket.OPEN) socket.ping();
    stop = clock.after(pingMs, tick);
  };
  stop = clock.after(pingMs, tick);
  return () => stop();
}

function requestIdOf(contextValue: unknown): string {
  const { requestId } = contextValue as GraphqlContext; // made by contextFactory
  return requestId;
}

function wrapped(error: unknown): GraphQLError {
  const cause = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(cause.message, { originalError: cause });
}

/** graphql-ws hands an error that ended a stream on as the cause of one of its own. */
function finished(error: GraphQLError, finishing: Finishing): GraphQLError {
  const { cause } = error;
  return finishError(error.originalError == null && cause instanceof Error ? wrapped(cause) : error, finishing);
}

function shown(error: GraphQLError) {
  const { extensions = {}, ...rest } = error.toJSON();
  const { http: _http, ...told } = extensions;
  return { ...rest, extensions: told };
}
