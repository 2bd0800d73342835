import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { StepError, type StepFailure } from '@automateos/shared/model/step-error';
import type { HttpRequest } from '@automateos/shared/ports/http-client';
import { afterEach, describe, expect, test } from 'vitest';
import { startLoopbackServer } from '../../testing/loopback-server.ts';
import { createHttpClient, type HttpClientOptions, type OwnedHttpClient } from './create-http-client.ts';

const clients: OwnedHttpClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function clientWith(options: Partial<HttpClientOptions> = {}): OwnedHttpClient {
  const client = createHttpClient({ allow: ['127.0.0.1'], ...options });
  clients.push(client);
  return client;
}

function request(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    url,
    headers: {},
    followRedirects: true,
    timeoutMs: 10_000,
    maxBytes: 10 * 1024 * 1024,
    signal: new AbortController().signal,
    ...more,
  };
}

async function failureOf(sending: Promise<unknown>): Promise<StepFailure> {
  try {
    await sending;
  } catch (error) {
    if (error instanceof StepError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}

/** A raw TCP server that answers every connection's first bytes as the test says. */
async function rawServer(onData: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // the client hangs up in these tests
    socket.once('data', () => onData(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('an exchange', () => {
  test('carries method, headers and body there, status, headers and body back', async () => {
    await using server = await startLoopbackServer((seen) => ({ status: 201, headers: { 'X-Echo': seen.url }, body: seen.body }));
    const answer = await clientWith().send(
      request(`${server.origin}/a?b=c#d`, { method: 'post', headers: { 'X-One': ' 1 ' }, body: 'grüße' }),
    );
    expect(answer.status).toBe(201);
    expect(answer.headers['x-echo']).toBe('/a?b=c');
    expect(Buffer.from(answer.body).toString()).toBe('grüße');
    expect(answer.url).toBe(`${server.origin}/a?b=c`);
    expect(server.seen[0]).toMatchObject({ method: 'POST', headers: { 'x-one': '1', 'user-agent': 'AutomateOS' } });
  });

  test('reuses its connections', async () => {
    const ports = new Set<number | undefined>();
    await using server = await startLoopbackServer((_seen, response) => {
      ports.add(response.socket?.remotePort);
      return { body: 'ok' };
    });
    const client = clientWith();
    for (let i = 0; i < 20; i += 1) await client.send(request(server.origin));
    // Two, not one: the next request may start before the answered connection is free again.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('undoes %s', async (coding, encode) => {
    await using server = await startLoopbackServer(() => ({ headers: { 'content-encoding': coding }, body: encode('hello') }));
    const answer = await clientWith().send(request(server.origin));
    expect(Buffer.from(answer.body).toString()).toBe('hello');
  });

  test('of HEAD has no body and keeps the announced length', async () => {
    await using server = await startLoopbackServer((_seen, response) => {
      response.writeHead(200, { 'content-length': '99999999', 'content-encoding': 'gzip' }).end();
      return undefined;
    });
    const answer = await clientWith().send(request(server.origin, { method: 'HEAD' }));
    expect(answer.body.length).toBe(0);
    expect(answer.headers['content-length']).toBe('99999999');
  });

  test('passes over informational answers', async () => {
    await using server = await startLoopbackServer((_seen, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      return { body: 'final' };
    });
    const answer = await clientWith().send(request(server.origin));
    expect(Buffer.from(answer.body).toString()).toBe('final');
  });
});

describe('the guard', () => {
  test('tells of an address what sending would refuse by its text, and reaches nothing', async () => {
    await using server = await startLoopbackServer(() => ({ body: 'secret' }));
    const client = clientWith({ allow: [] });
    await client.check?.('https://receiver.example/in');
    for (const url of [
      server.origin,
      'http://2130706433/',
      'http://metadata.google.internal/',
      'ftp://receiver.example/',
      'no url',
    ]) {
      expect(['EGRESS_REFUSED', 'URL_INVALID']).toContain((await failureOf(client.check?.(url) ?? Promise.resolve())).code);
    }
    expect(server.seen).toHaveLength(0);
  });

  test('refuses loopback that is not on the list, without a connection', async () => {
    await using server = await startLoopbackServer(() => ({ body: 'secret' }));
    const client = clientWith({ allow: [] });
    const failure = await failureOf(client.send(request(server.origin)));
    expect(failure).toMatchObject({ code: 'EGRESS_REFUSED', retryable: false, class: 'other' });
    expect(server.seen).toHaveLength(0);
  });

  test('refuses names that resolve to a private address, also beside a public one', async () => {
    await using server = await startLoopbackServer(() => ({ body: 'secret' }));
    const port = new URL(server.origin).port;
    for (const addresses of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::1'], ['::ffff:127.0.0.1']]) {
      const client = clientWith({ allow: [], resolve: async () => addresses });
      const failure = await failureOf(client.send(request(`http://rebind.example:${port}/`)));
      expect(failure).toMatchObject({ code: 'EGRESS_REFUSED', retryable: false });
    }
    expect(server.seen).toHaveLength(0);
  });

  test('dials the very address that it checked: one resolution per connection, of which the answer is used', async () => {
    await using server = await startLoopbackServer((seen) => ({ body: String(seen.headers.host) }));
    const port = new URL(server.origin).port;
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    let asked = 0;
    const resolve = async () => answers[asked++] ?? [];
    const client = clientWith({ resolve });
    const answer = await client.send(request(`http://rebind.example:${port}/`));
    expect(Buffer.from(answer.body).toString()).toBe(`rebind.example:${port}`);
    expect(asked).toBe(1);
  });

  test('checks each new connection again', async () => {
    await using server = await startLoopbackServer(() => ({ headers: { connection: 'close' } }));
    const port = new URL(server.origin).port;
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    const client = clientWith({ resolve: async () => answers.shift() ?? [] });
    await client.send(request(`http://rebind.example:${port}/`));
    const failure = await failureOf(client.send(request(`http://rebind.example:${port}/`)));
    expect(failure.code).toBe('EGRESS_REFUSED');
  });

  test('ignores proxies of the environment', async () => {
    await using proxy = await startLoopbackServer(() => ({ body: 'through the proxy' }));
    await using server = await startLoopbackServer(() => ({ body: 'direct' }));
    const module = new URL('./create-http-client.ts', import.meta.url).href;
    const script = `
      const { createHttpClient } = await import(${JSON.stringify(module)});
      const client = createHttpClient({ allow: ['127.0.0.1'] });
      const answer = await client.send({ method: 'GET', url: ${JSON.stringify(server.origin)}, headers: {}, followRedirects: true,
        timeoutMs: 10000, maxBytes: 1000, signal: new AbortController().signal });
      process.stdout.write(Buffer.from(answer.body).toString());
      await client.close();`;
    const environment = { HTTP_PROXY: proxy.origin, http_proxy: proxy.origin, ALL_PROXY: proxy.origin, NODE_USE_ENV_PROXY: '1' };
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env: environment });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    await once(child, 'close');
    expect(output).toBe('direct');
    expect(proxy.seen).toHaveLength(0);
  });

  test.each([
    'Host',
    'Transfer-Encoding',
    'Content-Length',
    'connection',
    'Metadata-Flavor',
    'METADATA',
    'X-aws-ec2-metadata-token',
    'Upgrade',
    'TE',
    'Expect',
    'Proxy-Authorization',
    'bad name',
    'x:y',
    '',
  ])('refuses the header %j', async (name) => {
    await using server = await startLoopbackServer(() => ({}));
    const failure = await failureOf(clientWith().send(request(server.origin, { headers: { [name]: 'x' } })));
    expect(failure).toMatchObject({ code: 'HEADER_REFUSED', retryable: false });
    expect(server.seen).toHaveLength(0);
  });

  test.each(['a\r\nX-Injected: 1', 'a\nb', 'a\u0000b', 'snow\u2603'])('refuses the header value %j', async (value) => {
    await using server = await startLoopbackServer(() => ({}));
    const failure = await failureOf(clientWith().send(request(server.origin, { headers: { 'x-a': value } })));
    expect(failure.code).toBe('HEADER_REFUSED');
  });

  test.each(['CONNECT', 'TRACE', 'GET / HTTP/1.1\r\n', ''])('refuses the method %j', async (method) => {
    const failure = await failureOf(clientWith().send(request('http://127.0.0.1:1/', { method })));
    expect(failure).toMatchObject({ code: 'REQUEST_INVALID', retryable: false });
  });
});

describe('a redirect', () => {
  const bad = [
    'http://127.0.0.2/',
    'http://2130706434/',
    'http://[::1]/',
    '//[::ffff:10.0.0.1]/x',
    'http://169.254.169.254/latest/meta-data/',
    'http://metadata.google.internal/',
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'http://u:p@127.0.0.1/',
    '\\\\127.0.0.1\\x',
    'http://127.0.0.1\t/',
  ];
  for (const status of [301, 302, 303, 307, 308]) {
    test(`${status} to any bad place is refused`, async () => {
      const waiting = [...bad];
      await using server = await startLoopbackServer(() => ({ status, headers: { location: waiting.shift() ?? '' } }));
      for (const location of bad) {
        const failure = await failureOf(clientWith().send(request(server.origin)));
        expect(failure, location).toMatchObject({ code: 'EGRESS_REFUSED', retryable: false });
      }
    });
  }

  test('to a name that resolves privately is refused', async () => {
    await using server = await startLoopbackServer(() => ({ status: 302, headers: { location: 'http://inner.example/' } }));
    const client = clientWith({ resolve: async () => ['192.168.1.1'] });
    expect((await failureOf(client.send(request(server.origin)))).code).toBe('EGRESS_REFUSED');
  });

  test('to another origin drops Authorization, Cookie and custom credential headers, and keeps harmless ones', async () => {
    await using target = await startLoopbackServer(() => ({ body: 'there' }));
    await using server = await startLoopbackServer(() => ({ status: 307, headers: { location: `${target.origin}/x` } }));
    const headers = {
      Authorization: 'Bearer s',
      Cookie: 'a=b',
      'X-Api-Key': 's',
      'x-custom': 's',
      Accept: 'a/b',
      'Idempotency-Key': 'k',
    };
    const answer = await clientWith().send(request(server.origin, { method: 'POST', headers, body: 'x' }));
    expect(answer.url).toBe(`${target.origin}/x`);
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer s', cookie: 'a=b', 'x-api-key': 's' });
    const arrived = target.seen[0]?.headers ?? {};
    for (const name of ['authorization', 'cookie', 'x-api-key', 'x-custom']) expect(arrived).not.toHaveProperty(name);
    expect(arrived).toMatchObject({ accept: 'a/b', 'idempotency-key': 'k' });
  });

  test('that comes back to the first origin does not bring the credentials back', async () => {
    await using target = await startLoopbackServer(() => ({ status: 302, headers: { location: `${server.origin}/end` } }));
    await using server = await startLoopbackServer((seen) =>
      seen.url === '/end' ? { body: 'end' } : { status: 302, headers: { location: target.origin } },
    );
    await clientWith().send(request(server.origin, { headers: { Authorization: 'Bearer s' } }));
    expect(server.seen[1]?.headers).not.toHaveProperty('authorization');
  });

  test('within the origin keeps every header', async () => {
    await using server = await startLoopbackServer((seen) =>
      seen.url === '/end' ? { body: 'end' } : { status: 301, headers: { location: '/end' } },
    );
    await clientWith().send(request(`${server.origin}/start`, { headers: { Authorization: 'Bearer s' } }));
    expect(server.seen[1]?.headers.authorization).toBe('Bearer s');
  });

  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [301, 'PUT', 'PUT', 'x'],
    [307, 'POST', 'POST', 'x'],
    [308, 'DELETE', 'DELETE', 'x'],
    [303, 'HEAD', 'HEAD', ''],
  ])('%i after %s goes on as %s', async (status, method, then, body) => {
    await using server = await startLoopbackServer((seen) =>
      seen.url === '/end' ? {} : { status, headers: { location: '/end' } },
    );
    const given = method === 'HEAD' ? {} : { body: 'x', headers: { 'content-type': 'text/plain' } };
    await clientWith().send(request(server.origin, { method, ...given }));
    expect(server.seen[1]).toMatchObject({ method: then });
    expect(server.seen[1]?.body.toString()).toBe(body);
    expect(server.seen[1]?.headers['content-type']).toBe(body === '' ? undefined : 'text/plain');
  });

  test('ten times is followed, eleven times is not', async () => {
    await using server = await startLoopbackServer((seen) => {
      const left = Number(seen.url.slice(1));
      return left === 0 ? { body: 'end' } : { status: 302, headers: { location: `/${left - 1}` } };
    });
    expect((await clientWith().send(request(`${server.origin}/10`))).status).toBe(200);
    const failure = await failureOf(clientWith().send(request(`${server.origin}/11`)));
    expect(failure).toMatchObject({ code: 'TOO_MANY_REDIRECTS', retryable: false });
  });

  test('is an answer where following is off', async () => {
    await using server = await startLoopbackServer(() => ({ status: 302, headers: { location: 'http://10.0.0.1/' } }));
    expect((await clientWith().send(request(server.origin, { followRedirects: false }))).status).toBe(302);
  });
});

describe('limits', () => {
  test.each([
    ['announced', { 'content-length': '2000' }],
    ['chunked', {}],
  ])('refuse a body over the limit (%s)', async (_name, headers: Record<string, string>) => {
    await using server = await startLoopbackServer(() => ({ headers, body: 'x'.repeat(2_000) }));
    const failure = await failureOf(clientWith().send(request(server.origin, { maxBytes: 1_999 })));
    expect(failure).toMatchObject({ code: 'RESPONSE_TOO_LARGE', retryable: false });
    expect((await clientWith().send(request(server.origin, { maxBytes: 2_000 }))).body.length).toBe(2_000);
  });

  test('refuse an announced body before it is sent', async () => {
    await using server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\nabc'));
    const failure = await failureOf(clientWith().send(request(server.origin, { maxBytes: 1_999 })));
    expect(failure.code).toBe('RESPONSE_TOO_LARGE');
  });

  test('end a chunked body that never ends', async () => {
    await using server = await startLoopbackServer((_seen, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
      return undefined;
    });
    const failure = await failureOf(clientWith().send(request(server.origin, { maxBytes: 1_000_000 })));
    expect(failure.code).toBe('RESPONSE_TOO_LARGE');
  });

  test.each(['gzip', 'gzip, gzip'])('end a bomb packed as %s', async (coding) => {
    let bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    if (coding !== 'gzip') bomb = gzipSync(bomb);
    await using server = await startLoopbackServer(() => ({ headers: { 'content-encoding': coding }, body: bomb }));
    const failure = await failureOf(clientWith().send(request(server.origin)));
    expect(failure).toMatchObject({ code: 'RESPONSE_TOO_LARGE', retryable: false });
  });

  test('refuse codings stacked deep', async () => {
    await using server = await startLoopbackServer(() => ({ headers: { 'content-encoding': 'gzip,'.repeat(50) }, body: 'x' }));
    expect((await failureOf(clientWith().send(request(server.origin)))).code).toBe('HTTP_NETWORK');
  });

  test('end headers of 1 MiB', async () => {
    await using server = await rawServer((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${`x-filler: ${'y'.repeat(1_000)}\r\n`.repeat(1_000)}\r\n`);
    });
    const failure = await failureOf(clientWith().send(request(server.origin)));
    expect(failure).toMatchObject({ code: 'RESPONSE_TOO_LARGE', retryable: false });
  });

  test('end a body that drips slowly, at the deadline of the whole exchange', async () => {
    await using server = await startLoopbackServer((_seen, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
      return undefined;
    });
    const failure = await failureOf(clientWith().send(request(server.origin, { timeoutMs: 150 })));
    expect(failure).toMatchObject({ code: 'HTTP_TIMEOUT', class: 'timeout', retryable: true });
  });

  test('end an answer whose headers never come', async () => {
    await using server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\n'));
    expect((await failureOf(clientWith().send(request(server.origin, { timeoutMs: 100 })))).code).toBe('HTTP_TIMEOUT');
  });

  test('end a name resolution that never comes back', async () => {
    const client = clientWith({ resolve: () => new Promise(() => {}) });
    expect((await failureOf(client.send(request('http://slow.example/', { timeoutMs: 50 })))).code).toBe('HTTP_TIMEOUT');
  });

  test("end with the caller's signal", async () => {
    await using server = await rawServer(() => {});
    const abort = new AbortController();
    const sending = clientWith().send(request(server.origin, { signal: abort.signal }));
    abort.abort(new StepError({ code: 'CANCELLED', message: 'stopped by hand' }));
    expect((await failureOf(sending)).code).toBe('CANCELLED');
    expect((await failureOf(clientWith().send(request(server.origin, { signal: AbortSignal.abort() })))).code).toBe(
      'INTERRUPTED',
    );
  });
});

test('closing ends what still runs', async () => {
  await using server = await rawServer(() => {});
  const client = clientWith();
  const failing = failureOf(client.send(request(server.origin)));
  await client.close();
  expect(await failing).toMatchObject({ code: 'HTTP_NETWORK' });
});

describe('network trouble is of class network and may be retried', () => {
  test('nobody listens', async () => {
    const server = await startLoopbackServer(() => ({}));
    await server.close();
    const failure = await failureOf(clientWith().send(request(`${server.origin}/path?key=secret`)));
    expect(failure).toMatchObject({ code: 'HTTP_NETWORK', class: 'network', retryable: true });
    expect(failure.message).not.toContain('secret');
  });
  test('the connection is cut before or within the answer', async () => {
    await using early = await rawServer((socket) => socket.destroy());
    await using late = await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'));
    for (const server of [early, late]) {
      expect(await failureOf(clientWith().send(request(server.origin)))).toMatchObject({
        code: 'HTTP_NETWORK',
        class: 'network',
      });
    }
  });
  test('the answer is not HTTP', async () => {
    await using server = await rawServer((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n'));
    expect(await failureOf(clientWith().send(request(server.origin)))).toMatchObject({ code: 'HTTP_NETWORK', class: 'network' });
  });
  test('a name does not exist', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const failure = await failureOf(clientWith({ resolve }).send(request('http://nowhere.example/')));
    expect(failure).toMatchObject({ code: 'HTTP_NETWORK', class: 'network' });
    expect(failure.message).toContain('name does not exist');
  });
  test('the body does not unpack', async () => {
    await using server = await startLoopbackServer(() => ({ headers: { 'content-encoding': 'gzip' }, body: 'not gzip' }));
    expect(await failureOf(clientWith().send(request(server.origin)))).toMatchObject({ code: 'HTTP_NETWORK', class: 'network' });
  });
});
