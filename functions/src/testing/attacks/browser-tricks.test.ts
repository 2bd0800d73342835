/** What another page, a proxy or a header can make of a request: no safe method changes anything, no origin is reflected, no cookie counts. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Operation, operationsOf } from '../every-route.ts';
import { settled } from '../fake-clock.ts';
import { rows } from '../matrix/rows.ts';
import { createWorld, type World } from '../matrix/world.ts';

let world: World;
type Addressed = Operation & { readonly address: string };

let operations: readonly Addressed[];

beforeAll(async () => {
  world = await createWorld();
  const all: Addressed[] = [];
  for (const operation of operationsOf((await world.fixture.call('GET', '/openapi.json')).body)) {
    const row = rows[operation.id];
    if (row === undefined || row.endless) continue;
    const params = (await row.params?.(world.home)) ?? {};
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
    all.push({ ...operation, address: row.query === undefined ? path : `${path}?${row.query}` });
  }
  operations = all;
  await settled();
});

describe('a safe method', () => {
  test('changes nothing, whatever headers say that it means', async () => {
    const before = world.stored();
    const overrides = ['x-http-method-override', 'x-http-method', 'x-method-override', '_method'];
    for (const { method, address } of operations.filter((one) => one.method === 'GET')) {
      for (const override of overrides) await world.home.ask(method, address, undefined, { [override]: 'DELETE' });
      await world.home.ask('HEAD', address);
      await world.home.ask('OPTIONS', address, undefined, { 'access-control-request-method': 'DELETE' });
    }
    expect(world.stored()).toBe(before);
  });

  test('does not do what a POST, PUT, PATCH or DELETE does', async () => {
    const before = world.stored();
    for (const { method, address } of operations.filter((one) => one.method !== 'GET')) {
      await world.home.ask('GET', address, undefined, { 'x-http-method-override': method });
      await world.home.ask('GET', `${address}${address.includes('?') ? '&' : '?'}_method=${method}`);
    }
    expect(world.stored()).toBe(before);
  });
});

describe('another page', () => {
  const origins = [
    'https://evil.example',
    'null',
    'http://127.0.0.1.evil.example',
    'https://127.0.0.1:8080@evil.example',
    'file://',
  ];

  test('is given no permission to read, on any operation', async () => {
    const wrong: string[] = [];
    for (const { method, address } of operations) {
      for (const origin of origins) {
        const sent = { origin, 'access-control-request-method': method, 'access-control-request-headers': 'authorization' };
        for (const [verb, body] of [
          ['OPTIONS', undefined],
          [method, method === 'GET' ? undefined : 'not JSON'],
        ] as const) {
          const { headers } = await world.home.ask(verb, address, body, sent);
          const told = [...headers].filter(([name]) => name.startsWith('access-control-allow') || name === 'set-cookie');
          if (told.length > 0) wrong.push(`${verb} ${address} from ${origin}: ${JSON.stringify(told)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('that sends a form, text or a beacon with cookies does nothing', async () => {
    const before = world.stored();
    const token = world.callers[0]?.token ?? '';
    const cookie = ['token', 'session', 'automateos.session', 'authorization', '__Host-session']
      .map((name) => `${name}=${token}`)
      .join('; ');
    const types = [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'text/plain; charset=utf-8',
    ];
    for (const { method, address, isPublic } of operations.filter((one) => one.method !== 'GET')) {
      for (const type of types) {
        // what a form that imitates JSON, or an upload, looks like
        const body = type.startsWith('multipart')
          ? '--x\r\ncontent-disposition: form-data; name="files"; filename="/etc/passwd"\r\n\r\nx\r\n--x--\r\n'
          : '{"name":"=","files":{"x":{"filepath":"/etc/passwd"}}}';
        const sent = { cookie, origin: 'https://evil.example', 'content-type': type, 'sec-fetch-site': 'cross-site' };
        const answer = await world.fixture.call(method, address, body, { ...sent, authorization: null });
        if (!isPublic) expect([method, address, type, answer.status]).toEqual([method, address, type, 401]);
        else expect([method, address, type, answer.status >= 400 && answer.status < 500]).toEqual([method, address, type, true]);
      }
    }
    expect(world.stored()).toBe(before);
  });
});

describe('a text of ours in a header', () => {
  test('is a file name and nothing more', async () => {
    for (const name of [
      'a"; filename="b.exe',
      "a'b;c",
      'a\\b',
      '../../etc/passwd',
      '%0d%0aset-cookie: x=1',
      'ünïcödé \u{1f600}',
      '.',
      '-',
    ]) {
      const made = await world.home.ask('POST', '/v1/workflows', { name, nodes: [{ id: 'start', type: 'trigger.manual' }] });
      if (made.status !== 201) continue;
      const file = await world.home.ask('GET', `/v1/workflows/${String(made.body.id)}/export?format=yaml`);
      expect([name, file.headers.get('content-disposition')]).toEqual([
        name,
        expect.stringMatching(/^attachment; filename="[A-Za-z0-9._-]*"$/),
      ]);
      expect(file.headers.get('set-cookie')).toBeNull();
    }
  });

  test('is not what a caller has chosen as its request id, unless it can do no harm', async () => {
    for (const id of ['a b c d e f g h', 'x'.repeat(200), '"><script>', '{{1}}', '%0d%0a', '../../../..']) {
      expect(
        (await world.home.ask('GET', '/v1/workflows', undefined, { 'x-request-id': id })).headers.get('x-request-id'),
      ).toMatch(/^req_/);
    }
  });
});
