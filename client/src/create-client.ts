/**
 * The typed client: every operation of the OpenAPI document by method and path, with its parameters, body and answer known to the compiler.
 * A call answers the data and throws ApiProblem or ApiUnreachable (api-problem.ts); when it is repeated stands in transport.ts.
 * Runs in browsers and in Node 20 and later; depends on nothing of either but fetch.
 */
import createFetchClient, { type FetchResponse, type MaybeOptionalInit } from 'openapi-fetch';
import type { HttpMethod, MediaType, PathsWithMethod, RequiredKeysOf } from 'openapi-typescript-helpers';
import { type FollowOptions, followEvents, type StreamEnd, type StreamNews } from './event-stream.ts';
import type { paths } from './generated/openapi.ts';
import { createTransport, type SendOptions, type TransportOptions } from './transport.ts';

export type ClientOptions = TransportOptions & {
  /** Without a slash at its end; '' in a browser is the page's own server. */
  readonly url: string;
};

type InitOf<P, M extends HttpMethod> = M extends keyof P ? MaybeOptionalInit<P, M> : never;

type Init<P, M extends HttpMethod> = RequiredKeysOf<InitOf<P, M>> extends never ? [init?: InitOf<P, M>] : [init: InitOf<P, M>];

type Operation<P, M> = M extends keyof P ? (P[M] extends Record<string | number, unknown> ? P[M] : never) : never;

type DataAs<O extends Record<string | number, unknown>, Media extends MediaType> =
  FetchResponse<O, object, Media> extends infer Answered ? (Answered extends { readonly data: infer D } ? D : never) : never;

/** What a success carries: its JSON where it may come as that, undefined where it has no body. */
type Data<O extends Record<string | number, unknown>> = [DataAs<O, 'application/json'>] extends [never]
  ? DataAs<O, MediaType>
  : DataAs<O, 'application/json'>;

type Call<M extends HttpMethod> = <P extends PathsWithMethod<paths, M>>(
  path: P,
  ...init: Init<paths[P], M>
) => Promise<Data<Operation<paths[P], M>>>;

export type OpenInit = SendOptions & {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
};

export type Client = {
  readonly get: Call<'get'>;
  readonly post: Call<'post'>;
  readonly put: Call<'put'>;
  readonly patch: Call<'patch'>;
  readonly delete: Call<'delete'>;
  /** Any address below the server's: the answer with its body unread, known to be a success. For streams and files. */
  readonly open: (address: string, init?: OpenInit) => Promise<Response>;
  /** The events of an address that streams them (`/v1/executions/{id}/events`), over lost connections. */
  readonly follow: (address: string, options?: Partial<Omit<FollowOptions, 'open'>>) => AsyncGenerator<StreamNews, StreamEnd>;
};

export function createClient({ url, ...options }: ClientOptions): Client {
  const send = createTransport(options);
  const raw = createFetchClient<paths>({ baseUrl: url, fetch: (request) => send(request) });
  const open = (address: string, { timeoutMs, retries, signal, ...init }: OpenInit = {}): Promise<Response> =>
    send(new Request(url + address, { ...init, ...(signal === undefined ? {} : { signal }) }), {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(retries === undefined ? {} : { retries }),
    });
  const call = (method: HttpMethod) => {
    const ask = async (path: string, init?: object): Promise<unknown> => {
      // the path and its init were checked together by Call, which the generic request cannot see through
      const request = raw.request as (method: HttpMethod, path: string, init?: object) => Promise<{ readonly data?: unknown }>;
      return (await request(method, path, init)).data;
    };
    return ask;
  };
  const methods = Object.fromEntries(
    (['get', 'post', 'put', 'patch', 'delete'] as const).map((method) => [method, call(method)]),
  );
  return {
    ...(methods as unknown as Pick<Client, 'get' | 'post' | 'put' | 'patch' | 'delete'>), // one function, seen through five types
    open,
    follow: (address, { signal = new AbortController().signal, ...rest } = {}) =>
      followEvents({ ...rest, signal, open: (headers) => open(address, { headers, signal, timeoutMs: 0, retries: 0 }) }),
  };
}
