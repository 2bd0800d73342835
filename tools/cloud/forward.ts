/** Passes a request on to another server of this machine and its answer back, both as streams. */
import { Agent, type IncomingMessage, type ServerResponse, request as send } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 512 });
/** Between two hops only. */
const hopHeaders = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

export type Target = { readonly port: number; readonly headers?: Readonly<Record<string, string>> };

/** False when nobody listens there and nothing of the request was used, so that another target may be tried. */
export function forward(request: IncomingMessage, response: ServerResponse, { port, headers }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const passed = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hopHeaders.has(name)));
    const chunked = request.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
    const outgoing = send({
      ...{ agent, host: '127.0.0.1', port, method: request.method, path: request.url },
      headers: { ...passed, ...chunked, ...headers },
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHops(answer.rawHeaders));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      resolve(true);
    });
    outgoing.on('error', (error) => {
      const refused = 'code' in error && error.code === 'ECONNREFUSED';
      if (refused && !response.headersSent) return resolve(false);
      if (response.headersSent) response.destroy();
      else unavailable(response);
      resolve(true);
    });
    response.on('close', () => outgoing.destroy());
    if (request.readableEnded || !hasBody(request)) outgoing.end();
    // only once connected, so that a refused request still has its body
    else
      outgoing.on('socket', (socket) =>
        socket.connecting ? socket.once('connect', () => request.pipe(outgoing)) : request.pipe(outgoing),
      );
  });
}

function hasBody(request: IncomingMessage): boolean {
  return request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
}

function withoutHops(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (!hopHeaders.has(name.toLowerCase())) kept.push(name, raw[at + 1] ?? '');
  }
  return kept;
}

/** What a front end of the platform answers while no instance can take the request. */
export function unavailable(response: ServerResponse): void {
  const detail = 'No instance of the function answers. Try again in a few seconds.';
  const body = JSON.stringify({ type: 'about:blank', title: 'Service unavailable', status: 503, code: 'UNAVAILABLE', detail });
  response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '2' });
  response.end(body);
}
