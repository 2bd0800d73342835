/**
 * Webhooks on plain node:http: `/hooks/{workflowId}[/{path}]` and `/hooks-test/...` for the draft. Bodies are kept as the bytes that
 * came, capped while they are read. A workflow decides over the answer's type and text, so every answer is sandboxed: in a browser it
 * cannot run on the console's origin.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonValue } from '@automateos/shared/model/json';
import type { App } from '../../app/app-context.ts';
import { receiveWebhook, type WebhookAnswer } from '../../app/webhooks/receive-webhook.ts';
import { renderProblem } from '../http/problem-response.ts';
import type { RawHandler } from '../http-server.ts';

const bodyLimitBytes = 10 * 1024 * 1024;
const address = /^\/hooks(-test)?\/([^/?]+)(?:\/([^?]*))?$/;

export function createWebhookListener(app: App): RawHandler {
  return async (request, response) => {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    const match = address.exec(mark < 0 ? url : url.slice(0, mark));
    if (!match) return false;
    try {
      const answer = await receiveWebhook(app, {
        workflowId: decode(match[2] ?? ''),
        path: decode(match[3] ?? '').replace(/\/$/, ''),
        method: request.method ?? 'GET',
        query: mark < 0 ? '' : url.slice(mark + 1),
        headers: headersOf(request),
        body: await readBody(request),
        test: match[1] !== undefined,
      });
      send(response, request, answer);
    } catch (error) {
      const problem = renderProblem(error, app.ids.make('req'), app.logger);
      sendText(response, request, problem.status, problem.headers, JSON.stringify(problem.body));
    }
    return true;
  };
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
