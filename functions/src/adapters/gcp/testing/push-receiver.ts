/** An HTTP target for what Cloud Tasks and Cloud Scheduler send: keeps every request, answers 204 or what the test wants. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly atEpochMs: number;
};

export type PushReceiver = {
  readonly url: string;
  /** Resolves when so many requests have come in all. */
  received(count: number): Promise<readonly Received[]>;
  /** The statuses of the next answers; 204 after them. 0: no answer at all. */
  answer(...statuses: number[]): void;
  stop(): Promise<void>;
};

export async function startPushReceiver(): Promise<PushReceiver> {
  const requests: Received[] = [];
  const answers: number[] = [];
  let waiting: (() => void)[] = [];
  const server = createServer(async (request, response) => {
    const atEpochMs = Date.now();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const { url: path = '', method = '', headers } = request;
    requests.push({ path, method, headers, body: Buffer.concat(parts).toString('utf8'), atEpochMs });
    const status = answers.shift() ?? 204;
    if (status === 0) response.destroy();
    else response.writeHead(status).end();
    const told = waiting;
    waiting = [];
    for (const tell of told) tell();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server that listens has no other kind of address
  return {
    url: `http://127.0.0.1:${port}`,
    async received(count) {
      while (requests.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return [...requests];
    },
    answer(...statuses) {
      answers.push(...statuses);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
