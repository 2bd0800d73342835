import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createHttpServer } from '../http-server.ts';
import { createUpgradeListener, type SocketDoor, type SocketDoors, type UpgradeListener } from './upgrade-listener.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(
  doors: SocketDoors,
): Promise<{ readonly upgrades: UpgradeListener; ask(path: string, protocol?: string): Promise<string> }> {
  const upgrades = createUpgradeListener(doors);
  const own = createHttpServer({ api: { fetch: async () => new Response('plain') }, upgrades });
  server = own;
  own.listen(0, '127.0.0.1');
  await once(own, 'listening');
  const { port } = own.address() as AddressInfo; // it listens on a port
  return {
    upgrades,
    async ask(path, protocol = 'websocket') {
      const socket = connect(port, '127.0.0.1');
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n\r\n`);
      const [first]: [Buffer] = (await once(socket, 'data')) as [Buffer]; // sockets without an encoding give buffers
      socket.destroy();
      return first.toString();
    },
  };
}

function door(log: string[], name: string): SocketDoor {
  return {
    accept(_, socket) {
      log.push(`${name} accepts`);
      socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    },
    close: async () => {
      log.push(`${name} closes`);
    },
  };
}

test('each path has its own door, which loads with its first client', async () => {
  const log: string[] = [];
  const { ask, upgrades } = await serve({
    '/v1/live': async () => {
      log.push('load live');
      return door(log, 'live');
    },
    '/graphql': async () => {
      log.push('load graphql');
      return door(log, 'graphql');
    },
  });
  expect(await ask('/v1/live?ticket=x')).toMatch(/^HTTP\/1.1 101/);
  expect(await ask('/v1/live')).toMatch(/^HTTP\/1.1 101/);
  expect(log).toEqual(['load live', 'live accepts', 'live accepts']);
  for (const path of ['/v1/live/', '/v1', '/constructor', '/__proto__', '/V1/live'])
    expect(await ask(path)).toMatch(/^HTTP\/1.1 404/);
  await upgrades.close();
  expect(log.at(-1)).toBe('live closes');
  expect(await ask('/v1/live')).toMatch(/^HTTP\/1.1 503/);
});

test('a door that cannot load is asked again by the next client', async () => {
  let attempts = 0;
  const { ask } = await serve({
    '/v1/live': async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('not yet');
      return door([], 'live');
    },
  });
  expect(await ask('/v1/live')).toMatch(/^HTTP\/1.1 503/);
  expect(await ask('/v1/live')).toMatch(/^HTTP\/1.1 101/);
});

test('what asks for another protocol stays a plain request', async () => {
  const { ask } = await serve({ '/v1/live': async () => door([], 'live') });
  expect(await ask('/v1/workflows', 'h2c')).toMatch(/^HTTP\/1.1 200/);
});
