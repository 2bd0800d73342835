/**
 * The one way to the server: JSON in, JSON out, problem documents as CliError. It sends the token to its own address only (redirects
 * are not followed) and never repeats a call by itself.
 */
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
  /** Until the answer's head; 60 s when absent, none when 0 (streams). */
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
  const open = async (path: string, request: ApiRequest = {}): Promise<Response> => {
    const response = await fetchOnce(settings, path, request);
    if (response.ok) return response;
    throw problemError({ settings, response, text: await response.text().catch(() => ''), nowMs: nowMs() });
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

async function fetchOnce(settings: Settings, path: string, request: ApiRequest): Promise<Response> {
  const url = new URL(settings.url + path);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const headers = new Headers({
    accept: request.accept ?? 'application/json',
    'user-agent': 'automateos-cli',
    ...request.headers,
  });
  if (settings.token !== undefined) headers.set('authorization', `Bearer ${settings.token}`);
  const body = request.text?.content ?? (request.json === undefined ? undefined : JSON.stringify(request.json));
  if (body !== undefined) headers.set('content-type', request.text?.type ?? 'application/json');
  const timeoutMs = request.timeoutMs ?? 60_000;
  const signals = [request.signal, timeoutMs === 0 ? undefined : AbortSignal.timeout(timeoutMs)].filter(
    (one) => one !== undefined,
  );
  try {
    return await fetch(url, {
      method: request.method ?? 'GET',
      headers,
      redirect: 'manual',
      signal: AbortSignal.any(signals),
      ...(body === undefined ? {} : { body }),
    });
  } catch (cause) {
    throw unreachableError(settings, cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Reported by the caller as an answer of something else.
  }
}
