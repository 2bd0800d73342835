/** /v1/live: who may connect, how large a frame may be, who is gone without a word, and what a server that ends says. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { liveCloseCodes } from '@automateos/shared/model/live-message';
import type { Identity } from '@automateos/shared/ports/identity';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { App } from '../../app/app-context.ts';
import { clientAddress } from '../http/client-address.ts';
import { createLiveConnection, liveLimits } from './live-connection.ts';
import { createLiveSocket } from './live-socket.ts';
import { pageMayConnect } from './page-may-connect.ts';
import type { StreamLimit } from './stream-limit.ts';
import { refuseUpgrade, type SocketDoor } from './upgrade-listener.ts';

export type LiveDoorOptions = {
  readonly app: App;
  readonly identity: Identity;
  readonly streams: StreamLimit;
  readonly trustedProxies: number;
  /** Origins beside the server's own whose pages may connect. */
  readonly corsOrigins: readonly string[];
};

/** Connections of this process, whoever's. */
const mostSockets = 4_000;
/** A connection that does not answer a ping by the next one is gone. */
const pingMs = 30_000;
const closeMs = 2_000;

export function createLiveDoor(options: LiveDoorOptions): SocketDoor {
  const { app, identity, streams, trustedProxies } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: liveLimits.frameBytes, perMessageDeflate: false });

  function serve(ws: WebSocket, request: IncomingMessage): void {
    const socket = createLiveSocket(ws, app.clock);
    const from = { clientAddress: clientAddress(request, trustedProxies), requestId: app.ids.make('req') };
    const connection = createLiveConnection({ app, identity, streams, socket, from });
    const stopPings = keepAlive(ws, app);
    ws.on('message', (data, isBinary) => {
      if (isBinary) socket.close(liveCloseCodes.notText, 'messages are text');
      else connection.text(textOf(data));
    });
    ws.on('ping', () => connection.control());
    ws.on('close', () => {
      stopPings();
      connection.ended();
    });
    ws.on('error', () => {}); // a frame too large or broken: ws closes with its code, and `close` follows
    connection.begin({
      ticket: ticketOf(request),
      authorization: request.headers.authorization ?? null,
      organization: headerOf(request, 'x-organization-id'),
    });
  }

  return {
    accept(request: IncomingMessage, socket: Duplex, head: Buffer) {
      if (!pageMayConnect(request, app.settings.publicUrl, options.corsOrigins)) return refuseUpgrade(socket, 403);
      if (server.clients.size >= mostSockets) return refuseUpgrade(socket, 503);
      server.handleUpgrade(request, socket, head, (ws) => serve(ws, request));
    },
    async close() {
      const gone = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const ws of server.clients) ws.close(liveCloseCodes.goingAway, 'the server ends');
      await Promise.race([gone, app.clock.sleep(closeMs)]);
      for (const ws of server.clients) ws.terminate();
    },
  };
}

/** Returns what stops it. */
function keepAlive(ws: WebSocket, { clock }: App): () => void {
  let answered = true;
  let stop = (): void => {};
  const next = (): void => {
    stop = clock.after(pingMs, () => {
      if (!answered) return ws.terminate();
      answered = false;
      ws.ping();
      next();
    });
  };
  ws.on('pong', () => {
    answered = true;
  });
  next();
  return () => stop();
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8');
}

/** Several are none that was given out. */
function ticketOf(request: IncomingMessage): string | null {
  const tickets = new URL(request.url ?? '/', 'http://here').searchParams.getAll('ticket');
  return tickets.length === 0 ? null : tickets.join(',');
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : (value ?? null);
}
