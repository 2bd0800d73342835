/**
 * /mcp: Streamable HTTP without sessions. Who asks is known before a byte of the body is read, as everywhere: an API key or a session as
 * bearer. A page of another origin is refused, so that a name that is bound anew to this host (DNS rebinding) reaches nothing. One message
 * with a request: batches were taken out of the protocol. There is no stream of the server's own, so GET and DELETE are not allowed.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Hono } from 'hono';
import type { Cursors } from '../http/cursor.ts';
import { type ApiEnv, problemResponse } from '../http/mount-routes.ts';
import { readBody } from '../http/read-body.ts';
import { admitPrincipal, type RouteContext } from '../http/run-route.ts';
import { apiInfo } from '../openapi/api-info.ts';

export type McpDoorContext = RouteContext & {
  readonly cursors: Cursors;
  /** Origins whose pages may call from a browser. */
  readonly corsOrigins: readonly string[];
};

const bodyLimitBytes = 1_048_576;

export function mountMcp(hono: Hono<ApiEnv>, context: McpDoorContext): void {
  const { app, cursors } = context;
  hono.all('/mcp', async (c) => {
    const request = c.req.raw;
    const requestId = c.get('requestId');
    c.set('route', '/mcp');
    const extra: Record<string, string> = {};
    const incoming = { request, params: {}, requestId, clientAddress: c.env.clientAddress ?? 'unknown', extra };
    try {
      checkOrigin(context, request);
      if (request.method !== 'POST') {
        throw new AppError('METHOD_NOT_ALLOWED', { method: request.method.slice(0, 16), allowed: 'POST' });
      }
      const { principal } = await admitPrincipal(context, incoming);
      const { value } = await readBody(request, { yaml: false, optional: false, limitBytes: bodyLimitBytes }, noYaml);
      if (Array.isArray(value)) throw new AppError('MALFORMED_BODY', { reason: 'send one message with a request, not a batch.' });
      const { answerMcp } = await import('./mcp-server.ts');
      const { signal } = request;
      const idempotencyKey = idempotencyKeyOf(request);
      const response = await answerMcp(
        { app, cursors, principal, signal, requestId, version: apiInfo.version, idempotencyKey },
        request,
        value,
      );
      return withHeaders(response, extra);
    } catch (error) {
      return withHeaders(problemResponse(c, context, error), extra);
    }
  });
}

/** Programs send no Origin; browsers always do. */
function checkOrigin({ app, corsOrigins }: McpDoorContext, request: Request): void {
  const origin = request.headers.get('origin');
  if (origin === null) return;
  const own = new URL(app.settings.publicUrl);
  if (origin === own.origin || corsOrigins.includes(origin)) return;
  if (isLoopback(own.hostname) && isLoopback(hostOf(origin))) return;
  throw new AppError('FORBIDDEN', { role: 'of a page', action: 'call this from another origin' });
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : '';
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '127.0.0.1' || host === '[::1]';

function idempotencyKeyOf(request: Request): string | null {
  const key = request.headers.get('idempotency-key');
  if (key !== null && !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new AppError('MALFORMED_REQUEST', { reason: 'Idempotency-Key must be 1 to 255 printable characters.' });
  }
  return key;
}

async function noYaml(): Promise<never> {
  throw new AppError('INTERNAL'); // the rules above refuse it
}

function withHeaders(response: Response, extra: Readonly<Record<string, string>>): Response {
  for (const [name, value] of Object.entries(extra)) if (!response.headers.has(name)) response.headers.set(name, value);
  return response;
}
