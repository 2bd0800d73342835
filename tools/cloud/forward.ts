/** Passes a request on to another server of this machine and its answer back, both as streams. */
import { Agent, type IncomingMessage, type ServerResponse, request as startRequest } from 'node:http';
import type { Duplex } from 'node:stream';

const agent = new Agent({ keepAlive: true, maxSockets: 512 });
/** Between two hops only. */
const hopHeaders = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

export type Target = { readonly port: number; readonly headers?: Readonly<Record<string, string>> };

/** A body up to this is kept until it is answered, so that it can be sent again; a longer one is passed on as it comes. */
const keptBytes = 2 * 1024 * 1024;

type Body = { readonly kept: Buffer; readonly whole: boolean };

/** Bodies by their request, which may be forwarded to one target after the other. */
const bodies = new WeakMap<IncomingMessage, Promise<Body>>();

/** False when nobody listens there and nothing of the request was used, so that another target may be tried. */
export async function forward(request: IncomingMessage, response: ServerResponse, target: Target): Promise<boolean> {
  const reading = bodies.get(request) ?? readBody(request);
  bodies.set(request, reading);
  const body = await reading;
  for (;;) {
    const sent = await send(request, response, target, body);
    if (sent !== 'stale') return sent === 'done';
  }
}

/** Up to `keptBytes`, or as much as comes within a moment: who waits for an answer before it sends the rest is not waited for. */
function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    const end = (whole: boolean): void => {
      clearTimeout(timer);
      request.off('data', take);
      request.pause();
      resolve({ kept: Buffer.concat(chunks), whole });
    };
    const take = (chunk: Buffer): void => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > keptBytes) end(false);
    };
    const timer = setTimeout(end, 500, false);
    request.once('end', () => end(true));
    request.on('data', take);
  });
}

/** `stale`: the connection was one that the target had just closed, and nothing of the request was used. */
function send(
  request: IncomingMessage,
  response: ServerResponse,
  { port, headers }: Target,
  { kept, whole }: Body,
): Promise<'done' | 'refused' | 'stale'> {
  return new Promise((resolve) => {
    const passed = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hopHeaders.has(name)));
    const chunked = request.headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' };
    const outgoing = startRequest({
      ...{ agent: whole ? agent : false, host: '127.0.0.1', port, method: request.method, path: request.url },
      headers: { ...passed, ...chunked, ...headers },
    });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutHops(answer.rawHeaders));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
      resolve('done');
    });
    outgoing.on('error', (error) => {
      const code = 'code' in error ? error.code : '';
      if (code === 'ECONNREFUSED' && !response.headersSent) return resolve('refused');
      if (whole && outgoing.reusedSocket && !response.headersSent && !response.destroyed) return resolve('stale');
      if (response.headersSent) response.destroy();
      else unavailable(response);
      resolve('done');
    });
    response.on('close', () => outgoing.destroy());
    if (whole) outgoing.end(kept);
    else {
      outgoing.write(kept);
      request.pipe(outgoing);
    }
  });
}

function withoutHops(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (!hopHeaders.has(name.toLowerCase())) kept.push(name, raw[at + 1] ?? '');
  }
  return kept;
}

/** A connection that asks to become a WebSocket, passed on with whatever follows; false when nobody listens there. */
export function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { port, headers }: Target,
): Promise<boolean> {
  return new Promise((resolve) => {
    const outgoing = startRequest({
      ...{ agent: false, host: '127.0.0.1', port, method: request.method, path: request.url },
      headers: { ...request.headers, ...headers },
    });
    socket.on('error', () => outgoing.destroy());
    outgoing.on('upgrade', (answer, target, first) => {
      socket.write(headOf(answer));
      if (first.length > 0) socket.write(first);
      if (head.length > 0) target.write(head);
      target.on('error', () => socket.destroy());
      target.on('close', () => socket.destroy());
      socket.on('close', () => target.destroy());
      target.pipe(socket).pipe(target);
      resolve(true);
    });
    outgoing.on('response', (answer) => {
      socket.write(headOf(answer));
      answer.pipe(socket);
      resolve(true);
    });
    outgoing.on('error', (error) => {
      if ('code' in error && error.code === 'ECONNREFUSED') return resolve(false);
      socket.destroy();
      resolve(true);
    });
    outgoing.end();
  });
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${statusMessage}`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** What a front end of the platform answers while no instance can take the request. */
export function unavailable(response: ServerResponse): void {
  const detail = 'No instance of the function answers. Try again in a few seconds.';
  const body = JSON.stringify({ type: 'about:blank', title: 'Service unavailable', status: 503, code: 'UNAVAILABLE', detail });
  response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '2' });
  response.end(body);
}
