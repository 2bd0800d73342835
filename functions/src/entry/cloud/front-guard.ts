/**
 * A function's own server in front of functions-framework. The framework would parse any body of up to a gigabyte for anybody, answer faults in
 * it with a page of its own, and keep two paths for itself. So the server that it is about to make is given our listener in place
 * of its application: requests meet authentication, size caps and problem documents first, as in the embedded server.
 */
import http, { type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { asksForWebSocket } from '../../api/live/upgrade-listener.ts';
import { limitServer, serverOptions } from '../../api/server-limits.ts';

export type Guarded = {
  readonly listener: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The server listens. */
  readonly listening: (server: Server) => void;
};

/** The next server that is made in this process is ours; later ones are their makers'. */
export function guardNextServer({ listener, listening }: Guarded): void {
  const original = http.createServer;
  const guarded = (): Server => {
    http.createServer = original;
    const shouldUpgradeCallback = (request: IncomingMessage): boolean =>
      server.listenerCount('upgrade') > 0 && asksForWebSocket(request);
    const server: Server = original({ ...serverOptions, shouldUpgradeCallback }, toListener(listener));
    limitServer(server);
    // after the framework's own listener, which sets up its signal handlers
    server.once('listening', () => setImmediate(listening, server));
    return server;
  };
  // the framework calls it with its application alone, which is what is left out
  http.createServer = guarded as typeof http.createServer;
}

function toListener(listener: Guarded['listener']): RequestListener {
  return (request, response) => {
    listener(request, response).catch((error: unknown) => {
      // what comes here failed outside every door: the client is gone, or a door broke its promise not to throw
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
}
