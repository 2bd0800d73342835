/**
 * Webhooks on plain node:http: `/hooks/{workflowId}[/{path}]` and `/hooks-test/...` for the draft. Bodies are kept as the bytes that
 * came, capped while they are read. A workflow decides over the answer's type and text, so every answer is sandboxed: in a browser it
 * cannot run on the console's origin.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonValue } from '@automateos/shared/model/json';
import type { App } from '../../app/app-context.ts';
import { requestServed, traceRequest } from '../../app/telemetry/observe-request.ts';
import { receiveWebhook, type WebhookAnswer } from '../../app/webhooks/receive-webhook.ts';
import { renderProblem } from '../http/problem-response.ts';
import type { RequestLimits } from '../http/request-limits.ts';
import type { RawHandler } from '../http-server.ts';

const bodyLimitBytes = 10 * 1024 * 1024;
const address = /^\/hooks(-test)?\/([^/?]+)(?:\/([^?]*))?$/;

export function createWebhookListener(app: App, limits?: RequestLimits): RawHandler {
  return async (request, response) => {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const match = address.exec(mark < 0 ? url : url.slice(0, mark));
    if (!match) return false;
    const [, test, workflowId = '', path = ''] = match;
    const method = request.method ?? 'GET';
    const route = test === undefined ? '/hooks/{workflowId}' : '/hooks-test/{workflowId}';
    const startedAt = app.clock.now();
    const work = () =>
      answerHook({ app, limits }, request, response, { workflowId, path, query: mark < 0 ? '' : url.slice(mark + 1), test });
    const status = await traceRequest(app, { method, route, traceparent: traceparentOf(request) }, work, Number);
    requestServed(app, { method, route, startedAt }, status);
    return true;
  };
}

type HookAddress = {
  readonly workflowId: string;
  readonly path: string;
  readonly query: string;
  readonly test: string | undefined;
};

type HookContext = { readonly app: App; readonly limits: RequestLimits | undefined };

/** Answers; resolves with the status that was sent. */
async function answerHook(
  { app, limits }: HookContext,
  request: IncomingMessage,
  response: ServerResponse,
  address: HookAddress,
): Promise<number> {
  try {
    if (limits !== undefined) await limits.ofWebhook(decode(address.workflowId));
    const answer = await receiveWebhook(app, {
      workflowId: decode(address.workflowId),
      path: decode(address.path).replace(/\/$/, ''),
      method: request.method ?? 'GET',
      query: address.query,
      headers: headersOf(request),
      body: await readBody(request),
      test: address.test !== undefined,
    });
    send(response, request, answer);
    return answer.status;
  } catch (error) {
    const problem = renderProblem(error, app.ids.make('req'), app.logger);
    sendText(response, request, problem.status, problem.headers, JSON.stringify(problem.body));
    return problem.status;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AppError('MALFORMED_REQUEST', { reason: 'The address is not properly percent-encoded.' });
  }
}

/** Lower-case names; node has joined repeated ones. Of several Authorization headers node keeps the first. */
function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return headers;
}

function traceparentOf({ headers }: IncomingMessage): string | undefined {
  return typeof headers.traceparent === 'string' ? headers.traceparent : undefined;
}

function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bodyLimitBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyLimitBytes) chunks.push(chunk);
      else {
        request.pause();
        reject(tooLarge());
      }
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', (cause) => reject(new AppError('MALFORMED_BODY', { reason: 'it was cut off.' }, { cause })));
    request.on('aborted', () => reject(new AppError('MALFORMED_BODY', { reason: 'it was cut off.' })));
  });
}

function tooLarge(): AppError {
  return new AppError('BODY_TOO_LARGE', { limitBytes: bodyLimitBytes });
}

function send(response: ServerResponse, request: IncomingMessage, answer: WebhookAnswer): void {
  const { status, headers, body } = answer;
  const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  const plain = typeof body === 'string' && typed;
  const type = typed ? {} : { 'content-type': 'application/json; charset=utf-8' };
  sendText(response, request, status, { ...type, ...headers }, plain ? body : textOf(body));
}

function textOf(body: JsonValue | undefined): string {
  return body === undefined ? '' : JSON.stringify(body);
}

function sendText(
  response: ServerResponse,
  request: IncomingMessage,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(text),
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  // a string goes out in one write with the headers
  response.end(request.method === 'HEAD' ? undefined : text);
}
