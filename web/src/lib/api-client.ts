/**
 * The one door to the server, over the transport of the typed client: parses answers with zod, turns every failure into ApiError and forgets
 * the session on 401, which brings the person to the sign-in page and back. What is tried again the queries decide, so the transport does not.
 */
import { createTransport } from '@automateos/client/transport';
import type { z } from 'zod';
import { asApiError, shapeError } from './problem-error.ts';
import type { SessionStore } from './session.ts';

export type Query = { readonly [name: string]: string | number | undefined };

export type CallOptions = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Query;
  readonly json?: unknown;
  /** Text of a definition as the person wrote it. */
  readonly yaml?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
};

export type ApiClient = {
  readonly call: <S extends z.ZodType>(path: string, schema: S, options?: CallOptions) => Promise<z.infer<S>>;
  readonly text: (path: string, accept: string, options?: CallOptions) => Promise<string>;
  readonly open: (path: string, options?: CallOptions) => Promise<Response>;
};

export function createApiClient(session: SessionStore): ApiClient {
  const transport = createTransport({ retries: 0, timeoutMs: 0 });

  async function open(path: string, options: CallOptions = {}): Promise<Response> {
    const headers = new Headers({ accept: 'application/json', ...options.headers });
    const current = session.get();
    const token = current?.token;
    if (token) headers.set('authorization', `Bearer ${token}`);
    // a member of several organizations works in the one that the session names
    if (current?.organization.id) headers.set('x-organization-id', current.organization.id);
    const body = bodyOf(options, headers);
    const request = new Request(withQuery(path, options.query), {
      method: options.method ?? 'GET',
      headers,
      ...(body === undefined ? {} : { body }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    try {
      return await transport(request);
    } catch (cause) {
      if (options.signal?.aborted) throw cause;
      const error = asApiError(cause);
      if (error.failure.status === 401 && token && session.get()?.token === token) session.set(null);
      throw error;
    }
  }

  return {
    open,
    async call(path, schema, options) {
      const response = await open(path, options);
      const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
      const parsed = schema.safeParse(answer);
      if (!parsed.success) throw shapeError(path, parsed.error);
      return parsed.data;
    },
    async text(path, accept, options = {}) {
      const response = await open(path, { ...options, headers: { ...options.headers, accept } });
      return response.text();
    },
  };
}

function bodyOf(options: CallOptions, headers: Headers): string | undefined {
  if (options.yaml !== undefined) {
    headers.set('content-type', 'application/yaml');
    return options.yaml;
  }
  if (options.json === undefined) return undefined;
  headers.set('content-type', 'application/json');
  return JSON.stringify(options.json);
}

function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, String(value));
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
