/** A step whose server is killed while it runs, again and again, until it is given up on: over the REST interface and real processes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningServer } from './server.ts';

export type Poison = {
  /** Executions whose step has become a dead letter. */
  readonly executionIds: readonly string[];
  /** From now on the other side answers, with what it was sent. */
  mend(): void;
  stop(): Promise<void>;
};

const crashes = 5;

export async function startPoison(server: RunningServer, count: number): Promise<Poison> {
  let mended = false;
  let waiting = 0;
  const other = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (!mended) waiting += 1;
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ got: JSON.parse(body) }));
    });
  });
  await new Promise<void>((resolve) => {
    other.listen(0, '127.0.0.1', resolve);
  });
  const { port } = other.address() as AddressInfo; // listening on TCP
  const token = await signIn(server);
  const { id } = await call(server, 'POST', '/v1/workflows', token, definition(port));
  const executionIds: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const input = { order: n + 1 };
    executionIds.push(String((await call(server, 'POST', `/v1/workflows/${id}/executions`, token, { input })).id));
  }
  await until(() => waiting >= count);
  // a start runs suspects one after the other: each crash is the doing of one of them
  for (let n = 0; n < crashes * count + 2; n += 1) {
    waiting = 0;
    await server.crash();
    const isOver = async () => (await letters(server)) >= count;
    await until(async () => waiting > 0 || (await isOver()));
    if (await isOver()) break;
  }
  return {
    executionIds,
    mend: () => {
      mended = true;
    },
    stop: () =>
      new Promise((resolve) => {
        other.close(() => resolve());
        other.closeAllConnections();
      }),
  };
}

const definition = (port: number) => ({
  name: 'refund desk',
  nodes: [
    { id: 'go', type: 'trigger.manual' },
    {
      id: 'refund',
      type: 'http.request',
      label: 'Refund the order',
      params: { method: 'POST', url: `http://127.0.0.1:${port}/refund`, body: { order: '{{ input.order }}' } },
      timeoutMs: 300_000,
    },
  ],
  edges: [{ from: 'go', to: 'refund' }],
});

async function letters(server: RunningServer): Promise<number> {
  const page = await call(server, 'GET', '/v1/dead-letters?status=open', await signIn(server));
  return Array.isArray(page.items) ? page.items.length : 0;
}

async function signIn({ url, email, password }: RunningServer): Promise<string> {
  const answer = await fetch(`${url}/v1/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return String(((await answer.json()) as { token?: unknown }).token); // the REST interface answers objects here
}

async function call(server: RunningServer, method: string, path: string, token: string, body?: unknown) {
  const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const answer = await fetch(server.url + path, init);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>; // the REST interface answers objects here
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error('The step was not tried within a minute');
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}
