/**
 * The one way to the server: JSON in, JSON out, over the transport of the typed client, whose failures become CliError. It never repeats
 * a call by itself: whoever sits at the terminal decides that.
 */
import { ApiProblem, ApiUnreachable } from '@automateos/client/api-problem';
import { createTransport } from '@automateos/client/transport';
import type { JsonValue } from '@automateos/shared/model/json';
import type { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { exitCode } from '../exit-code.ts';
import type { Settings } from '../settings.ts';
import { problemError, unreachableError } from './api-error.ts';

export type ApiRequest = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: JsonValue;
  /** A body that is sent as it is. */
  readonly text?: { readonly content: string; readonly type: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** Until the answer's end; 60 s when absent, none when 0 (streams). */
  readonly timeoutMs?: number;
};

export type ApiAnswer = { readonly status: number; readonly headers: Headers; readonly text: string };

export type ApiClient = {
  readonly url: string;
  /** The answer parsed by `schema`; what does not fit is reported as a server that speaks something else. */
  readonly call: <Schema extends z.ZodType>(schema: Schema, path: string, request?: ApiRequest) => Promise<z.output<Schema>>;
  readonly send: (path: string, request?: ApiRequest) => Promise<ApiAnswer>;
  /** The answer with its body unread, already known to be a success. */
  readonly open: (path: string, request?: ApiRequest) => Promise<Response>;
};

export function createApiClient(settings: Settings, nowMs: () => number): ApiClient {
  const { token, organization } = settings;
  const transport = createTransport({ token, organization, headers: { 'user-agent': 'automateos-cli' }, retries: 0 });
  const open = async (path: string, request: ApiRequest = {}): Promise<Response> => {
    try {
      return await transport(requestOf(settings, path, request), { timeoutMs: request.timeoutMs ?? 60_000 });
    } catch (error) {
      if (error instanceof ApiProblem) throw problemError(settings, error, nowMs());
      throw unreachableError(settings, error instanceof ApiUnreachable ? error.cause : error);
    }
  };
  const send = async (path: string, request: ApiRequest = {}): Promise<ApiAnswer> => {
    const response = await open(path, request);
    try {
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (cause) {
      throw unreachableError(settings, cause);
    }
  };
  return {
    url: settings.url,
    open,
    send,
    call: async (schema, path, request) => {
      const answer = await send(path, request);
      const parsed = schema.safeParse(answer.text === '' ? undefined : parseJson(answer.text));
      if (parsed.success) return parsed.data;
      throw new CliError({
        code: 'UNEXPECTED_ANSWER',
        message: `${settings.url}${path} answered ${answer.status}, but not as an AutomateOS server does.`,
        exit: exitCode.unreachable,
        mend: ['Is this the address of an AutomateOS server? Another one: automateos login <url>'],
      });
    },
  };
}

function requestOf(settings: Settings, path: string, request: ApiRequest): Request {
  const url = new URL(settings.url + path);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const headers = new Headers({ accept: request.accept ?? 'application/json', ...request.headers });
  const body = request.text?.content ?? (request.json === undefined ? undefined : JSON.stringify(request.json));
  if (body !== undefined) headers.set('content-type', request.text?.type ?? 'application/json');
  return new Request(url, {
    method: request.method ?? 'GET',
    headers,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    ...(body === undefined ? {} : { body }),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Reported by the caller as an answer of something else.
  }
}
