/**
 * A small server on loopback that answers as the contract says. A test gives the answers it needs; every request is kept, so that it
 * can see what was asked.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonValue } from '@automateos/shared/model/json';
import { onTestFinished } from 'vitest';

export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly json: () => JsonValue;
};

export type Answer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string | Buffer;
  /** Server-sent events, as written; the connection is cut after them unless they end with `done`. */
  readonly events?: readonly string[];
  /** Keeps an event stream open after its events. */
  readonly open?: boolean;
};

export type Handler = (asked: Asked) => Answer;
/** `METHOD /path`, where `*` stands for one segment. */
export type Routes = Readonly<Record<string, Handler | Answer>>;

export type LoopbackServer = { readonly url: string; readonly asked: Asked[]; readonly stop: () => Promise<void> };

export async function startLoopbackServer(routes: Routes): Promise<LoopbackServer> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const url = new URL(request.url ?? '/', 'http://loopback');
    const body = Buffer.concat(chunks).toString('utf8');
    const one: Asked = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body,
      json: () => JSON.parse(body) as JsonValue,
    };
    asked.push(one);
    const found = Object.entries(routes).find(([pattern]) => matches(pattern, one));
    const answer = found === undefined ? notFound : typeof found[1] === 'function' ? found[1](one) : found[1];
    await reply(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, stop };
}

export function problem(status: number, code: string, detail: string, more: Record<string, unknown> = {}): Answer {
  const document = { type: `urn:automateos:problem:${code}`, title: code, status, code, detail, requestId: 'req_1', ...more };
  return { status, headers: { 'content-type': 'application/problem+json' }, json: document };
}

export function sse(event: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

const notFound = problem(404, 'NOT_FOUND', 'There is no such thing here.');

function matches(pattern: string, { method, path }: Asked): boolean {
  const [wantedMethod, wantedPath = ''] = pattern.split(' ');
  if (wantedMethod !== method) return false;
  const [wanted, actual] = [wantedPath.split('/'), path.split('/')];
  return wanted.length === actual.length && wanted.every((segment, at) => segment === '*' || segment === actual[at]);
}

async function reply(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.events !== undefined) {
    response.writeHead(answer.status ?? 200, { 'content-type': 'text/event-stream', ...answer.headers });
    for (const event of answer.events) await new Promise<unknown>((resolve) => response.write(event, resolve));
    if (answer.open) return;
    if (answer.events.at(-1)?.includes('event: done')) response.end();
    else response.destroy();
    return;
  }
  const text = answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
  response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
  response.end(text);
}
