/** The only way out of an isolated run leads nowhere: requests are answered by the test's mocks, in order, and recorded. */
import type { JsonValue } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import { type HttpMock, workflowTestLimits } from '@automateos/shared/model/workflow-test';
import type { HttpClient, HttpRequest, HttpResponse } from '@automateos/shared/ports/http-client';
import { matchesAddress } from './match-address.ts';

export type HttpCall = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON. */
  readonly body: JsonValue;
  readonly mocked: boolean;
};

export type MockHttp = HttpClient & { readonly calls: readonly HttpCall[] };

export function createMockHttp(mocks: readonly HttpMock[]): MockHttp {
  const left = mocks.map(({ times }) => times ?? Number.POSITIVE_INFINITY);
  const calls: HttpCall[] = [];

  return {
    calls,
    async send(request) {
      if (calls.length >= workflowTestLimits.calls) {
        throw new StepError({ code: 'MOCK_MISSING', message: 'The test sends too many requests', retryable: false });
      }
      const index = mocks.findIndex((mock, at) => (left[at] ?? 0) > 0 && matchesAddress(request, mock));
      const mock = mocks[index];
      calls.push({ ...recorded(request), mocked: mock !== undefined });
      if (mock === undefined) throw notMocked(request);
      left[index] = (left[index] ?? 0) - 1;
      return answer(mock, request);
    },
  };
}

function notMocked({ method, url }: HttpRequest): StepError {
  const message = `No mock of the test answers ${method} ${url.slice(0, 500)}`;
  return new StepError({ code: 'MOCK_MISSING', message, retryable: false });
}

function answer({ respond, fail }: HttpMock, { url }: HttpRequest): HttpResponse {
  if (fail === 'network') {
    throw new StepError({ code: 'HTTP_NETWORK', message: 'The test lets the connection break', class: 'network' });
  }
  if (fail === 'timeout' || respond === undefined) {
    throw new StepError({ code: 'HTTP_TIMEOUT', message: 'The test lets the request time out', class: 'timeout' });
  }
  const { body = null } = respond;
  const given = Object.fromEntries(Object.entries(respond.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  const headers = body === null || given['content-type'] !== undefined ? given : { 'content-type': type, ...given };
  const text = body === null ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return { status: respond.status, headers, body: new TextEncoder().encode(text), url };
}

function recorded({ method, url, headers, body }: HttpRequest): Omit<HttpCall, 'mocked'> {
  const text = body === undefined ? null : typeof body === 'string' ? body : new TextDecoder().decode(body);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, url, headers: lower, body: text === null ? null : parsed(text, lower['content-type'] ?? '') };
}

function parsed(text: string, type: string): JsonValue {
  if (!type.includes('json')) return text;
  try {
    return JSON.parse(text) as JsonValue; // JSON.parse makes nothing else
  } catch {
    return text; // it says that it is JSON and is not: shown as it was sent
  }
}
