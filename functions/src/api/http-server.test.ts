import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../testing/api-fixture.ts';
import { createHttpServer } from './http-server.ts';
import { openStaticFiles } from './static-files.ts';

let api: ApiFixture;
let server: Server;
let folder: string;
let url: string;

beforeAll(async () => {
  api = await createApiFixture();
  folder = await mkdtemp(join(tmpdir(), 'console-'));
  await mkdir(join(folder, 'dist/assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'dist/index.html'), '<!doctype html><title>console</title>');
  await writeFile(join(folder, 'dist/assets/app-1a2b.js'), 'export {};');
  await writeFile(join(folder, 'dist/assets/app-1a2b.js.map'), '{}');
  await symlink(join(folder, 'secret.txt'), join(folder, 'dist/assets/link.txt'));
  const hooks = (request: { url?: string | undefined }, response: { end(text: string): void }) => {
    if (request.url?.startsWith('/hooks/mine') !== true) return false;
    response.end('hooked');
    return true;
  };
  server = createHttpServer({ api: api.api, hooks, console: await openStaticFiles(join(folder, 'dist')) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** What the server says to these very bytes. */
async function raw(text: string): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1'); // as above
  socket.write(text);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await Promise.race([once(socket, 'close'), once(socket, 'data')]);
  socket.destroy();
  return Buffer.concat(chunks).toString();
}

const authorization = () => ({ authorization: `Bearer ${api.token}` });

describe('the listener', () => {
  test('gives webhooks to their handler first and the rest to the API', async () => {
    expect(await (await fetch(`${url}/hooks/mine`)).text()).toBe('hooked');
    expect((await fetch(`${url}/hooks/other`)).headers.get('content-type')).toBe('application/problem+json');
    expect((await fetch(`${url}/v1/workflows`, { headers: authorization() })).status).toBe(200);
    expect((await fetch(`${url}/v1/workflows`)).status).toBe(401);
    const head = await fetch(`${url}/healthz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('refuses two Authorization headers, whichever comes first', async () => {
    const good = `Authorization: Bearer ${api.token}\r\n`;
    for (const pair of [`${good}Authorization: Bearer x\r\n`, `Authorization: Bearer x\r\n${good}`, good + good]) {
      const answer = await raw(`GET /v1/workflows HTTP/1.1\r\nHost: x\r\n${pair}\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    }
  });

  test('answers requests that no two servers would read alike with 400', async () => {
    const bad = [
      'GET /v1/workflows HTTP/1.1\r\n\r\n',
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
      'GET /v1 HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n',
      'GET /\u0000 HTTP/1.1\r\nHost: x\r\n\r\n',
      'nonsense\r\n\r\n',
    ];
    for (const text of bad) expect([text, (await raw(text)).slice(0, 12)]).toEqual([text, 'HTTP/1.1 400']);
    const large = await raw(`GET /v1 HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(40_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('cuts off headers and bodies that drip', () => {
    expect(server.headersTimeout).toBe(10_000);
    expect(server.requestTimeout).toBe(120_000);
  });

  test('refuses a large body, its length told or not, and still answers', async () => {
    const headers = { ...authorization(), 'content-type': 'application/json' };
    const told = await fetch(`${url}/v1/variables`, { method: 'POST', headers, body: 'x'.repeat(3_000_000) });
    expect(told.status).toBe(413);
    const untold = new ReadableStream({
      start(controller) {
        for (let n = 0; n < 30; n += 1) controller.enqueue(new Uint8Array(100_000).fill(32));
        controller.close();
      },
    });
    const streamed: RequestInit & { duplex: 'half' } = { method: 'POST', headers, body: untold, duplex: 'half' };
    const answer = await fetch(`${url}/v1/variables`, streamed);
    expect(answer.status).toBe(413);
  });

  test('streams live events over the wire', async () => {
    const definition = { name: 'short', nodes: [{ id: 'start', type: 'trigger.manual' }] };
    const workflow = await api.call('POST', '/v1/workflows', definition);
    const started = await api.call('POST', `/v1/workflows/${workflow.body.id}/executions`, {}, { prefer: 'wait=5' });
    const events = await fetch(`${url}/v1/executions/${started.body.id}/events`, { headers: authorization() });
    const text = await events.text();
    expect(text).toMatch(/^id: 1\.\S+\ndata: \{"type":"step"/);
    expect(text.endsWith('event: done\ndata: {}\n\n')).toBe(true);
  });
});

describe('the console', () => {
  test('comes with a strict policy, its hashed files for ever, its page fresh', async () => {
    const page = await fetch(`${url}/`);
    expect(await page.text()).toContain('console');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const script = await fetch(`${url}/assets/app-1a2b.js`);
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(script.headers.get('content-type')).toContain('text/javascript');
  });

  test('answers addresses of its own router with its page, to browsers only', async () => {
    const browser = { accept: 'text/html,*/*' };
    expect((await fetch(`${url}/executions/exe_1`, { headers: browser })).headers.get('content-type')).toContain('text/html');
    expect((await fetch(`${url}/executions/exe_1`)).status).toBe(404);
    expect((await fetch(`${url}/assets/gone.js`, { headers: browser })).status).toBe(404);
    expect((await fetch(`${url}/v1/nothing`, { headers: browser })).status).toBe(404);
  });

  test('gives nothing but its own files, however the path is written', async () => {
    const paths = [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/assets/%2e%2e/%2e%2e/secret.txt',
      '/..%5csecret.txt',
      '//etc/passwd',
      '/assets/link.txt',
      '/assets/app-1a2b.js.map',
      '/%00',
      '/%ff',
    ];
    for (const path of paths) {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
      expect([path, answer.slice(9, 12)]).toEqual([path, '404']);
    }
  });
});
