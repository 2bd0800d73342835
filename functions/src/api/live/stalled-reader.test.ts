/** Readers of server-sent events that stop reading, over real sockets: what they do not take is not held for them, and is there when they go on. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { edges, effect, start } from '../../testing/run-definition.ts';
import { createHttpServer } from '../http-server.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test('a reader that stops holds back itself alone: the server keeps a frame or two for it, and goes on where it stopped', async () => {
  const api = await createApiFixture();
  api.app.effects.behave = () => ({ output: 'x'.repeat(30_000) });
  const steps = Array.from({ length: 60 }, (_, n) => effect(`s${n}`));
  const chain = steps.map(({ id }, n) => (n === 0 ? `go>${id}` : `s${n - 1}>${id}`));
  const made = await api.call('POST', '/v1/workflows', { name: 'w', nodes: [start, ...steps], edges: edges(...chain) });
  const begun = await api.call('POST', `/v1/workflows/${made.body.id}/executions`, { input: {} });
  await turns(2_000);

  const server = createHttpServer({ api: api.api });
  const ends = new Set<Socket>();
  server.on('connection', (socket: Socket) => ends.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });

  const request = [
    `GET /v1/executions/${begun.body.id}/events HTTP/1.1`,
    ...['Host: 127.0.0.1', `Authorization: Bearer ${api.token}`, 'Connection: close', '', ''],
  ].join('\r\n');
  const readers = Array.from({ length: 20 }, () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.pause();
    socket.write(request);
    open.push(() => socket.destroy());
    return socket;
  });
  for (let look = 0; look < 30; look += 1) {
    await turns(50);
    // 20 x 60 x 30 kB were to be sent
    for (const socket of ends) expect(socket.writableLength).toBeLessThan(200_000);
  }
  expect(ends.size).toBe(readers.length);
  const [reader] = readers;
  let text = '';
  reader?.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  reader?.resume();
  if (reader !== undefined) await once(reader, 'end');
  expect(text.match(/"nodeId":"s\d+"/g)).toHaveLength(steps.length);
  expect(text).toContain('event: done');
});
