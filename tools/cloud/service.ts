/** A function under one address with any number of instances behind it, as Cloud Run has them: requests wait for an instance that starts. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { forward, forwardUpgrade, unavailable } from './forward.ts';
import { type Instance, pause } from './instance.ts';

const waitMs = 30_000;

export type Service = {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly instances: Instance[];
  stop(): Promise<void>;
};

/** The address is there at once; instances are added by the caller. */
export async function startService(name: string): Promise<Service> {
  const instances: Instance[] = [];
  let next = 0;
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  server.keepAliveTimeout = 65_000;
  server.on('upgrade', (request, socket, head) => {
    void upgrade(request, socket, head);
  });

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const until = Date.now() + waitMs;
    while (!socket.destroyed) {
      const instance = instances.find((one) => one.ready());
      if (instance && (await forwardUpgrade(request, socket, head, { port: instance.port }))) return;
      if (Date.now() > until) socket.destroy();
      await pause(25);
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const until = Date.now() + waitMs;
    while (!response.destroyed) {
      const ready = instances.filter((instance) => instance.ready());
      next += 1;
      const instance = ready[next % Math.max(ready.length, 1)];
      if (instance && (await forward(request, response, { port: instance.port }))) return;
      if (Date.now() > until) return unavailable(response);
      await pause(25);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  return {
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    instances,
    async stop() {
      server.close();
      await Promise.all(instances.map((instance) => instance.stop()));
      server.closeAllConnections();
    },
  };
}
