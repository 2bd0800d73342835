/** An error as a problem document on a plain node response, for doors that are not behind Hono. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { App } from '../../app/app-context.ts';
import { renderProblem } from './problem-response.ts';
import { securityHeaders } from './security-headers.ts';

export function answerProblem(
  app: Pick<App, 'ids' | 'logger'>,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
): void {
  const requestId = app.ids.make('req');
  const { status, headers, body } = renderProblem(error, requestId, app.logger);
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...securityHeaders('api'),
    ...headers,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-request-id': requestId,
  });
  response.end(request.method === 'HEAD' ? undefined : text);
}
