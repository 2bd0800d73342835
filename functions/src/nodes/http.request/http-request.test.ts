import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { StepError, type StepFailure } from '@automateos/shared/model/step-error';
import type { StepContext } from '@automateos/shared/ports/node-runtime';
import { afterAll, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../adapters/http/create-http-client.ts';
import { startLoopbackServer } from '../../testing/loopback-server.ts';
import { stepCredential } from '../../testing/step-credential.ts';
import { execute } from './execute.ts';
import { HttpRequestParams } from './params.ts';

const http = createHttpClient({ allow: ['127.0.0.1'] });
afterAll(() => http.close());

function run(params: JsonObject, more: Partial<StepContext> = {}) {
  const context: StepContext = {
    org: 'org_1',
    executionId: 'exe_1',
    workflowId: 'wf_1',
    nodeId: 'call',
    params: HttpRequestParams.parse(params) as JsonObject,
    idempotencyKey: 'key-1',
    attempt: 1,
    signal: new AbortController().signal,
    credential: null,
    http,
    sandbox: { run: () => Promise.reject(new Error('no scripts here')) },
    globals: {},
    log: () => {},
    ...more,
  };
  return execute(context);
}

async function outputOf(params: JsonObject, more: Partial<StepContext> = {}) {
  const { output } = await run(params, more);
  return output as { status: number; headers: Record<string, string>; body: JsonValue; pages?: number; truncated?: boolean };
}

async function failureOf(running: Promise<unknown>): Promise<StepFailure> {
  try {
    await running;
  } catch (error) {
    if (error instanceof StepError) return error.failure;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the request', () => {
  test.each(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'PROPFIND'])(
    'is sent with method %s and the idempotency key',
    async (method) => {
      await using server = await startLoopbackServer(() => ({}));
      expect((await outputOf({ method, url: server.origin })).status).toBe(200);
      expect(server.seen[0]).toMatchObject({ method, headers: { 'idempotency-key': 'key-1' } });
    },
  );

  test("keeps the workflow's own idempotency key", async () => {
    await using server = await startLoopbackServer(() => ({}));
    await run({ url: server.origin, method: 'POST', headers: { 'IDEMPOTENCY-key': 'mine' } });
    expect(server.seen[0]?.headers['idempotency-key']).toBe('mine');
  });

  test('takes query and headers of every scalar type, leaves null out and repeats lists', async () => {
    await using server = await startLoopbackServer(() => ({}));
    await run({
      url: `${server.origin}/x?a=0#part`,
      query: { n: 1, yes: true, none: null, many: ['p', 'q r'], 'ä&': '=' },
      headers: { 'X-Number': 7, 'X-None': null, 'X-Flag': false },
    });
    expect(server.seen[0]?.url).toBe('/x?a=0&n=1&yes=true&many=p&many=q+r&%C3%A4%26=%3D');
    expect(server.seen[0]?.headers).toMatchObject({ 'x-number': '7', 'x-flag': 'false' });
    expect(server.seen[0]?.headers).not.toHaveProperty('x-none');
  });

  test.each<[string, JsonValue, string, string]>([
    ['json', { a: [1, null, 'ü'] }, 'application/json', '{"a":[1,null,"ü"]}'],
    ['json', 'text', 'application/json', '"text"'],
    ['json', false, 'application/json', 'false'],
    ['form', { a: [1, 2], b: 'x y', c: null }, 'application/x-www-form-urlencoded', 'a=1&a=2&b=x+y'],
    ['form', 'a=1', 'application/x-www-form-urlencoded', 'a=1'],
    ['text', 'hello', 'text/plain; charset=utf-8', 'hello'],
    ['text', { a: 1 }, 'text/plain; charset=utf-8', '{"a":1}'],
    ['binary', 'aGVsbG8=', 'application/octet-stream', 'hello'],
    ['binary', { base64: 'aGVsbG8', contentType: 'image/png' }, 'image/png', 'hello'],
  ])('writes a %s body from %j', async (bodyType, body, contentType, sent) => {
    await using server = await startLoopbackServer(() => ({}));
    await run({ method: 'POST', url: server.origin, bodyType, body });
    expect(server.seen[0]?.headers['content-type']).toBe(contentType);
    expect(server.seen[0]?.body.toString()).toBe(sent);
  });

  test('writes multipart with files, the same bytes each time, names unable to break out', async () => {
    await using server = await startLoopbackServer(() => ({}));
    const body = {
      note: 'hi',
      n: 3,
      'a"\r\nX: y': 'z',
      file: { base64: 'AAEC', filename: 'x.bin', contentType: 'image/png' },
      list: ['1', { text: '2' }],
    };
    await run({ method: 'POST', url: server.origin, bodyType: 'multipart', body });
    await run({ method: 'POST', url: server.origin, bodyType: 'multipart', body });
    const [first, second] = server.seen;
    expect(first?.body.equals(second?.body ?? Buffer.alloc(0))).toBe(true);
    const form = await new Response(new Uint8Array(first?.body ?? []), {
      headers: { 'content-type': String(first?.headers['content-type']) },
    }).formData();
    expect(form.get('note')).toBe('hi');
    expect(form.getAll('list')).toHaveLength(2);
    expect([...form.keys()]).toHaveLength(6);
    const file = form.get('file');
    expect(file instanceof File && file.name === 'x.bin' && file.type === 'image/png' && file.size === 3).toBe(true);
  });

  test.each<[string, JsonValue]>([
    ['form', [1]],
    ['form', { a: { b: 1 } }],
    ['binary', 'not base64!'],
    ['binary', 5],
    ['multipart', 'text'],
    ['multipart', { a: { b: 1 } }],
    ['multipart', { a: { base64: 'AA==', contentType: 'a\r\nb: c' } }],
  ])('refuses a %s body from %j', async (bodyType, body) => {
    const failure = await failureOf(run({ method: 'POST', url: 'http://127.0.0.1:1', bodyType, body }));
    expect(failure).toMatchObject({ code: 'PARAMS_INVALID', retryable: false });
  });

  test('has no body where the param is absent or null', async () => {
    await using server = await startLoopbackServer(() => ({}));
    await run({ method: 'POST', url: server.origin, body: null });
    expect(server.seen[0]?.body.length).toBe(0);
    expect(server.seen[0]?.headers).not.toHaveProperty('content-type');
  });

  test('cannot reach what the guard refuses', async () => {
    expect((await failureOf(run({ url: 'http://10.0.0.1/' }))).code).toBe('EGRESS_REFUSED');
    expect((await failureOf(run({ url: 'http://127.0.0.1:1/', headers: { host: 'x' } }))).code).toBe('HEADER_REFUSED');
    expect((await failureOf(run({ url: 'nonsense' }))).code).toBe('URL_INVALID');
  });
});

describe('the answer', () => {
  test.each<[string | null, string | Uint8Array, JsonValue]>([
    ['application/json', '{"a":1}', { a: 1 }],
    ['application/problem+json; charset=utf-8', '[1]', [1]],
    ['application/json', '{broken', '{broken'],
    ['application/json', '', null],
    ['application/json', '[1e400]', '[1e400]'],
    ['text/plain', 'grüße', 'grüße'],
    ['text/plain; charset=iso-8859-1', Buffer.from('grüße', 'latin1'), 'grüße'],
    ['text/plain; charset="utf-16le"', Buffer.from('hi', 'utf16le'), 'hi'],
    ['text/plain; charset=nobody-knows', 'hi', 'hi'],
    ['text/plain', '', ''],
    ['application/xml', '<a/>', '<a/>'],
    ['image/png', Uint8Array.of(137, 80), { base64: 'iVA=', contentType: 'image/png', bytes: 2 }],
    [null, '{"a":1}', { a: 1 }],
    [null, 'text', 'text'],
    [null, Uint8Array.of(255, 0), { base64: '/wA=', contentType: 'application/octet-stream', bytes: 2 }],
  ])('of type %s with %j is read by its type', async (type, body, expected) => {
    await using server = await startLoopbackServer(() => ({ headers: type === null ? {} : { 'content-type': type }, body }));
    expect((await outputOf({ url: server.origin })).body).toEqual(expected);
  });

  test('is read as responseType says', async () => {
    await using server = await startLoopbackServer(() => ({ headers: { 'content-type': 'text/plain' }, body: '{"a":1}' }));
    expect((await outputOf({ url: server.origin, responseType: 'json' })).body).toEqual({ a: 1 });
    expect((await outputOf({ url: server.origin, responseType: 'binary' })).body).toMatchObject({ bytes: 7 });
  });

  test('nested without end stays text', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    await using server = await startLoopbackServer(() => ({ headers: { 'content-type': 'application/json' }, body: deep }));
    expect((await outputOf({ url: server.origin })).body).toBe(deep);
  });

  test('with __proto__ changes no prototype', async () => {
    await using server = await startLoopbackServer(() => ({
      headers: { 'content-type': 'application/json' },
      body: '{"__proto__":{"polluted":1}}',
    }));
    const { body } = await outputOf({ url: server.origin });
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(JSON.stringify(body)).toBe('{"__proto__":{"polluted":1}}');
  });

  test('that says it is JSON and is not becomes text, with a line in the log', async () => {
    await using server = await startLoopbackServer(() => ({
      headers: { 'content-type': 'application/json' },
      body: '{"a":1,}',
    }));
    const lines: string[] = [];
    const log = (level: string, message: string) => void lines.push(`${level} ${message}`);
    expect((await outputOf({ url: server.origin }, { log })).body).toBe('{"a":1,}');
    expect(lines).toEqual([expect.stringMatching(/^warn The answer says that it is JSON, but does not parse/)]);
  });

  test('cannot be asked for above what a step may give', () => {
    const url = 'https://a.example/';
    expect(HttpRequestParams.parse({ url }).maxBytes).toBe(8_388_608);
    expect(HttpRequestParams.safeParse({ url, maxBytes: 8_388_609 }).success).toBe(false);
  });

  test('over maxBytes fails', async () => {
    await using server = await startLoopbackServer(() => ({ body: 'x'.repeat(101) }));
    expect((await failureOf(run({ url: server.origin, maxBytes: 100 }))).code).toBe('RESPONSE_TOO_LARGE');
  });

  test('is held to responseSchema', async () => {
    await using server = await startLoopbackServer(() => ({
      headers: { 'content-type': 'application/json' },
      body: '{"id":"7"}',
    }));
    const schema = (type: string) => ({ type: 'object', properties: { id: { type } }, required: ['id'] });
    expect((await outputOf({ url: server.origin, responseSchema: schema('string') })).status).toBe(200);
    const failure = await failureOf(run({ url: server.origin, responseSchema: schema('integer') }));
    expect(failure).toMatchObject({ code: 'RESPONSE_INVALID', retryable: false });
    expect(failure.message).toContain('id must be integer');
    const remote = { $ref: 'http://127.0.0.1/x' };
    expect((await failureOf(run({ url: server.origin, responseSchema: remote }))).code).toBe('PARAMS_INVALID');
  });
});

describe('a failing status', () => {
  test.each([
    [429, '429', true],
    [500, '5xx', true],
    [503, '5xx', true],
    [400, 'other', false],
    [404, 'other', false],
  ])('%i is of class %s', async (status, failureClass, retryable) => {
    await using server = await startLoopbackServer(() => ({ status, body: 'b'.repeat(5_000) }));
    const failure = await failureOf(run({ url: `${server.origin}/path?key=secret` }));
    expect(failure).toMatchObject({
      code: 'HTTP_STATUS',
      class: failureClass,
      retryable,
      details: { status, body: 'b'.repeat(2_048) },
    });
    expect(JSON.stringify(failure)).not.toContain('secret');
  });

  test.each([
    ['7', 7_000],
    ['0', 0],
    ['Sat, 01 Jan 2028 00:00:30 GMT', 30_000],
    ['Fri, 31 Dec 2027 23:00:00 GMT', 0],
    ['999999999', 86_400_000],
    ['-5', undefined],
    ['soon', undefined],
  ])('with Retry-After %s asks for %s ms', async (value, expected) => {
    const headers = { 'retry-after': value, date: 'Sat, 01 Jan 2028 00:00:00 GMT' };
    await using server = await startLoopbackServer(() => ({ status: 429, headers }));
    expect((await failureOf(run({ url: server.origin }))).retryAfterMs).toBe(expected);
  });

  test('is an output where failOnStatus is false', async () => {
    await using server = await startLoopbackServer(() => ({
      status: 404,
      headers: { 'content-type': 'application/json' },
      body: '{"e":1}',
    }));
    expect(await outputOf({ url: server.origin, failOnStatus: false, responseSchema: false })).toMatchObject({
      status: 404,
      body: { e: 1 },
    });
  });
});

describe('a credential', () => {
  test.each<[string, JsonObject, string, string]>([
    ['http-header', { name: 'X-Api-Key', value: 'topsecret' }, 'x-api-key', 'topsecret'],
    ['http-bearer', { token: 'topsecret' }, 'authorization', 'Bearer topsecret'],
    [
      'http-basic',
      { user: 'me', password: 'topsecret' },
      'authorization',
      `Basic ${Buffer.from('me:topsecret').toString('base64')}`,
    ],
  ])('%s is sent, and comes back in no output and no error', async (kind, data, header, value) => {
    const secrets = ['topsecret', Buffer.from('topsecret').toString('base64'), Buffer.from('me:topsecret').toString('base64')];
    const mirror = (status: number) =>
      startLoopbackServer((seen) => ({
        status,
        headers: { 'content-type': 'application/json', 'x-echo': String(seen.headers[header]) },
        body: JSON.stringify({ you: seen.headers[header], also: secrets }),
      }));
    await using good = await mirror(200);
    await using bad = await mirror(500);
    const credential = stepCredential(kind, data);
    const output = await outputOf({ url: good.origin, headers: { Authorization: 'x', 'X-API-KEY': 'y' } }, { credential });
    expect(good.seen[0]?.headers[header]).toBe(value);
    const failure = await failureOf(run({ url: bad.origin }, { credential }));
    for (const secret of secrets) expect(JSON.stringify([output, failure])).not.toContain(secret);
    expect(output.body).toMatchObject({ also: expect.arrayContaining(['[secret:shop]']) });
  });

  test('with special characters is found however the service writes it', async () => {
    const credential = stepCredential('http-header', { name: 'x-key', value: 'p@ss "w/+rd' });
    await using echo = await startLoopbackServer((seen) => {
      const value = String(seen.headers['x-key']);
      const body = JSON.stringify([value, encodeURIComponent(value), Buffer.from(value).toString('hex'), `at ${value}.`]);
      return { headers: { 'content-type': 'application/json' }, body };
    });
    const { body } = await outputOf({ url: echo.origin }, { credential });
    expect(body).toEqual(['[secret:shop]', '[secret:shop]', '[secret:shop]', 'at [secret:shop].']);
  });

  test('of a kind that no request carries is refused without its content', async () => {
    for (const credential of [
      stepCredential('google', { key: 'topsecret' }),
      stepCredential('smtp', { password: 'topsecret' }),
    ]) {
      const failure = await failureOf(run({ url: 'http://127.0.0.1:1' }, { credential }));
      expect(failure).toMatchObject({ code: 'PARAMS_INVALID', retryable: false });
      expect(failure.message).not.toContain('topsecret');
    }
  });

  test('in the query goes with every page, in place of what the address says under its name', async () => {
    await using server = await startLoopbackServer(({ url }) => {
      const next = url.includes('page=2') ? {} : { link: '</?page=2>; rel="next"' };
      return { headers: { 'content-type': 'application/json', ...next }, body: JSON.stringify([url]) };
    });
    const credential = stepCredential('api-key', { in: 'query', name: 'key', value: 'top secret' });
    const params = { url: `${server.origin}/?key=mine&a=1`, pagination: { kind: 'link-header' } };
    expect((await outputOf(params, { credential })).body).toEqual(['/?key=[secret:shop]&a=1', '/?page=2&key=[secret:shop]']);
    expect(server.seen.map(({ url }) => url)).toEqual(['/?key=top+secret&a=1', '/?page=2&key=top+secret']);
  });
});

describe('pagination', () => {
  const json = (body: JsonValue, headers: Record<string, string> = {}) => ({
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

  test('follows link headers, each page under a key of its own', async () => {
    await using server = await startLoopbackServer((seen) => {
      const page = Number(new URL(seen.url, 'http://x').searchParams.get('page') ?? '1');
      const next =
        page < 3 ? `<https://docs.example/?a=,>; rel="help", </list?page=${page + 1}>; title="a,b>;"; rel="first next"` : '';
      return json([page * 10, page * 10 + 1], next === '' ? {} : { link: next });
    });
    const output = await outputOf({ url: `${server.origin}/list`, pagination: { kind: 'link-header' } });
    expect(output).toMatchObject({ status: 200, body: [10, 11, 20, 21, 30, 31], pages: 3, truncated: false });
    expect(server.seen.map((seen) => seen.headers['idempotency-key'])).toEqual(['key-1', 'key-1-2', 'key-1-3']);
  });

  test('follows cursors in the query, keeping the other parameters', async () => {
    await using server = await startLoopbackServer((seen) => {
      const cursor = new URL(seen.url, 'http://x').searchParams.get('after');
      return json({ data: { list: [cursor] }, meta: { next: cursor === null ? 'a b' : cursor === 'a b' ? 2 : null } });
    });
    const pagination = { kind: 'cursor', cursor: 'meta.next', param: 'after', items: 'data.list' };
    const output = await outputOf({ url: server.origin, query: { q: 'x' }, pagination });
    expect(output.body).toEqual([null, 'a b', '2']);
    expect(server.seen[2]?.url).toBe('/?q=x&after=2');
  });

  test('follows cursors that are addresses', async () => {
    await using server = await startLoopbackServer((seen) => json({ items: [seen.url], next: seen.url === '/2' ? '' : '/2' }));
    const output = await outputOf({ url: `${server.origin}/1`, pagination: { kind: 'cursor', cursor: 'next', items: 'items' } });
    expect(output.body).toEqual(['/1', '/2']);
  });

  test('counts pages until one is empty', async () => {
    await using server = await startLoopbackServer((seen) => {
      const page = Number(new URL(seen.url, 'http://x').searchParams.get('p'));
      return json(page < 3 ? [page] : []);
    });
    const output = await outputOf({ url: server.origin, pagination: { kind: 'page-number', param: 'p', start: 0 } });
    expect(output).toMatchObject({ body: [0, 1, 2], pages: 4, truncated: false });
  });

  test('stops at maxPages and says so', async () => {
    await using server = await startLoopbackServer(() => json([1]));
    const output = await outputOf({ url: server.origin, pagination: { kind: 'page-number', maxPages: 3 } });
    expect(output).toMatchObject({ body: [1, 1, 1], pages: 3, truncated: true });
  });

  test('never follows to another origin, so that no link can carry the credentials away', async () => {
    await using thief = await startLoopbackServer(() => json([]));
    await using server = await startLoopbackServer(() => json([1], { link: `<${thief.origin}/>; rel=next` }));
    const credential = stepCredential('http-bearer', { token: 'topsecret' });
    const failure = await failureOf(run({ url: server.origin, pagination: { kind: 'link-header' } }, { credential }));
    expect(failure).toMatchObject({ code: 'RESPONSE_INVALID', retryable: false });
    expect(thief.seen).toHaveLength(0);
  });

  test('ends a circle, and refuses pages without a list', async () => {
    await using circle = await startLoopbackServer(() => json({ items: [1], next: 'same' }));
    const pagination = { kind: 'cursor', cursor: 'next', param: 'c', items: 'items' };
    expect((await failureOf(run({ url: circle.origin, pagination }))).code).toBe('RESPONSE_INVALID');
    const failure = await failureOf(run({ url: circle.origin, pagination: { kind: 'link-header' } }));
    expect(failure).toMatchObject({ code: 'RESPONSE_INVALID', message: expect.stringContaining('items') });
  });

  test('counts maxBytes over all pages', async () => {
    await using server = await startLoopbackServer(() => json(['x'.repeat(400)]));
    const failure = await failureOf(run({ url: server.origin, maxBytes: 1_000, pagination: { kind: 'page-number' } }));
    expect(failure.code).toBe('RESPONSE_TOO_LARGE');
  });
});

describe('params', () => {
  test('say what is wrong in words', () => {
    const faults = (params: JsonObject) =>
      HttpRequestParams.safeParse(params).error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    expect(faults({ url: null })?.[0]).toMatch(/url: must be text/);
    expect(faults({})?.[0]).toMatch(/url: must be text/);
    expect(faults({ url: 'http://x', method: 'FETCH' })?.[0]).toMatch(/^method/);
    expect(faults({ url: 'http://x', headers: { a: {} } })?.[0]).toMatch(/^headers.a/);
    expect(faults({ url: 'http://x', pagination: { kind: 'none' } })?.[0]).toMatch(/^pagination/);
  });
});
