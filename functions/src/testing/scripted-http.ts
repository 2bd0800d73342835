/** An HttpClient that records what is sent and answers as the test says; nothing leaves the process. */
import type { HttpClient, HttpRequest, HttpResponse } from '@automateos/shared/ports/http-client';
import { createHttpClient, type OwnedHttpClient } from '../adapters/http/create-http-client.ts';

export type ScriptedHttp = {
  send: HttpClient['send'];
  readonly sent: HttpRequest[];
  /** Default: 200 without a body. */
  answer: (request: HttpRequest) => {
    readonly status?: number;
    readonly headers?: HttpResponse['headers'];
    readonly body?: string;
  };
};

export function createScriptedHttp(): ScriptedHttp {
  const scripted: ScriptedHttp = {
    sent: [],
    answer: () => ({}),
    async send(request) {
      scripted.sent.push(request);
      const { status = 200, headers = {}, body = '' } = scripted.answer(request);
      return { status, headers, body: Buffer.from(body), url: request.url };
    },
  };
  return scripted;
}

/** The client that ships: with an empty list of exceptions, unless the test names some. */
export function createGuardedHttp(...allow: readonly string[]): OwnedHttpClient {
  return createHttpClient({ allow });
}
