/**
 * An HTTP server on a free loopback port that records what it is asked and answers as the test says. `await using` closes it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SeenRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
};

export type LoopbackAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
};

/** Returns an answer, or writes to the response itself and returns nothing. */
export type LoopbackHandler = (
  request: SeenRequest,
  response: ServerResponse,
) => LoopbackAnswer | undefined | Promise<LoopbackAnswer | undefined>;

export type LoopbackServer = AsyncDisposable & {
  /** `http://127.0.0.1:port`, without a slash. */
  readonly origin: string;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
};

export async function startLoopbackServer(handler: LoopbackHandler): Promise<LoopbackServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const one: SeenRequest = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    };
    seen.push(one);
    const answer = await handler(one, response);
    if (answer === undefined) return;
    response.writeHead(answer.status ?? 200, answer.headers);
    response.end(answer.body);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const { port } = server.address() as AddressInfo; // listens on TCP, so never a pipe name or null
  return { origin: `http://127.0.0.1:${port}`, seen, close, [Symbol.asyncDispose]: close };
}
