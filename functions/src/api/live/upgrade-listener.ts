/**
 * Connections that ask to become WebSockets, by path: each path has a door, which loads with its first client. A path without one is answered
 * 404, and once the server is about to end, 503. Doors check origin and caller themselves; here nobody is let in.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

export type SocketDoor = {
  /** Owns the connection from now on. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every client that the server goes away (close code 1001); resolves when they are gone, or after a moment. */
  close(): Promise<void>;
};

/** By path, without query. A door is asked for once; what fails to load is asked for again by the next client. */
export type SocketDoors = Readonly<Record<string, () => Promise<SocketDoor>>>;

export type UpgradeListener = {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Lets nobody in any more and closes every door that was opened. */
  close(): Promise<void>;
};

/** Other protocols (curl asks for h2c) stay plain requests. */
export function asksForWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket';
}

export function createUpgradeListener(doors: SocketDoors): UpgradeListener {
  const open = new Map<string, Promise<SocketDoor>>();
  let closing = false;

  function doorAt(path: string, load: () => Promise<SocketDoor>): Promise<SocketDoor> {
    const known = open.get(path);
    if (known !== undefined) return known;
    const loading = load().catch((error: unknown) => {
      open.delete(path);
      throw error;
    });
    open.set(path, loading);
    return loading;
  }

  return {
    accept(request, socket, head) {
      // a client that is gone while the door loads is no fault of ours
      const ignore = (): void => {};
      socket.on('error', ignore);
      const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
      const load = Object.hasOwn(doors, path) ? doors[path] : undefined;
      if (closing) return refuseUpgrade(socket, 503);
      if (load === undefined) return refuseUpgrade(socket, 404);
      doorAt(path, load).then(
        (door) => {
          socket.off('error', ignore);
          if (closing) refuseUpgrade(socket, 503);
          else door.accept(request, socket, head);
        },
        () => refuseUpgrade(socket, 503),
      );
    },
    async close() {
      closing = true;
      const opened = await Promise.allSettled(open.values());
      await Promise.allSettled(opened.map((door) => (door.status === 'fulfilled' ? door.value.close() : undefined)));
    },
  };
}

const reasons = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  503: 'Service Unavailable',
} as const;

/** A plain answer on a connection that is not a WebSocket yet. */
export function refuseUpgrade(socket: Duplex, status: keyof typeof reasons): void {
  socket.on('error', () => {}); // the answer is the last that it hears: whether it does is its affair
  socket.end(`HTTP/1.1 ${status} ${reasons[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
