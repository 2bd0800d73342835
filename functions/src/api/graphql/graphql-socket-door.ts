/** The door of /graphql for WebSockets: upgrades those who speak the protocol, and tells all of them when the server goes. */
import type { IncomingMessage } from 'node:http';
import type { KeyRing } from '@automateos/shared/ports/key-ring';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { clientAddress } from '../http/client-address.ts';
import { createCursors } from '../http/cursor.ts';
import { pageMayConnect } from '../live/page-may-connect.ts';
import { refuseUpgrade, type SocketDoor } from '../live/upgrade-listener.ts';
import { createGraphqlSocket, type GraphqlSocketContext, graphqlSocketLimitBytes } from './graphql-socket.ts';

const mostSockets = 2_000;
const goodbyeMs = 1_000;

export type GraphqlSocketDoorOptions = Omit<GraphqlSocketContext, 'cursors' | 'testRuns'> & {
  /** Signs the cursors of lists. */
  readonly keyRing: KeyRing;
  /** Proxies in front whose X-Forwarded-For is believed. */
  readonly trustedProxies: number;
  /** Origins beside the server's own whose pages may connect. */
  readonly corsOrigins: readonly string[];
};

export function createGraphqlSocketDoor(options: GraphqlSocketDoorOptions): SocketDoor {
  const { keyRing, trustedProxies, corsOrigins, ...context } = options;
  const graphql = createGraphqlSocket({ ...context, cursors: createCursors(keyRing), testRuns: new Set() });
  const server = new WebSocketServer({
    ...{ noServer: true, maxPayload: graphqlSocketLimitBytes, perMessageDeflate: false },
    // without a subprotocol that is ours the socket opens and is closed as 4406: a refused upgrade tells a browser nothing
    handleProtocols: (offered) => handleProtocols(offered),
  });
  return {
    accept(request, socket, head) {
      if (!pageMayConnect(request, context.app.settings.publicUrl, corsOrigins)) return refuseUpgrade(socket, 403);
      if (server.clients.size >= mostSockets) return refuseUpgrade(socket, 429);
      server.handleUpgrade(request, socket, head, (upgraded) => {
        graphql.open(upgraded, { headers: headersOf(request), clientAddress: clientAddress(request, trustedProxies) });
      });
    },
    async close() {
      const gone = [...server.clients].map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
      for (const client of server.clients) client.close(1001, 'Going away');
      let stop = (): void => {};
      const late = new Promise<void>((resolve) => {
        stop = context.app.clock.after(goodbyeMs, resolve);
      });
      await Promise.race([Promise.all(gone), late]);
      stop();
      for (const client of server.clients) client.terminate();
    },
  };
}

/** Those that say who asks, and by what. */
function headersOf(request: IncomingMessage): Headers {
  const headers = new Headers();
  for (const name of ['authorization', 'x-organization-id', 'user-agent']) {
    const value = request.headers[name];
    if (typeof value === 'string') headers.set(name, value);
  }
  return headers;
}
