/** Every route of the OpenAPI document against what strangers and broken clients send: always a 4xx problem document, nothing stored. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Answered, type ApiFixture, createApiFixture } from '../testing/api-fixture.ts';

type Operation = {
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly hasBody: boolean;
  readonly yaml: boolean;
};

let api: ApiFixture;
let operations: readonly Operation[];
let workflowId = '';

beforeAll(async () => {
  api = await createApiFixture();
  const spec = await api.call('GET', '/openapi.json');
  operations = operationsOf(spec.body);
  const created = await api.call('POST', '/v1/workflows', { name: 'there', nodes: [{ id: 'start', type: 'trigger.manual' }] });
  workflowId = String(created.body.id);
});

function operationsOf(spec: JsonObject): readonly Operation[] {
  const paths = isJsonObject(spec.paths) ? spec.paths : {};
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(isJsonObject(methods) ? methods : {}).map(([method, operation]) => {
      const { security, requestBody } = isJsonObject(operation) ? operation : {};
      const content = isJsonObject(requestBody) && isJsonObject(requestBody.content) ? requestBody.content : {};
      return {
        ...{ method: method.toUpperCase(), path },
        isPublic: Array.isArray(security) && security.length === 0,
        hasBody: requestBody !== undefined,
        yaml: 'application/yaml' in content,
      };
    }),
  );
}

/** With ids that are there, so that a request comes as far as it can. */
function address(path: string): string {
  return path
    .replace('{version}', '1')
    .replace(/\/workflows\/\{id\}/, `/workflows/${workflowId}`)
    .replace(/\{\w+\}/g, 'nothing_0');
}

function stored(): string {
  return JSON.stringify(
    api.store.documents().filter(({ path }) => !path.includes('/idempotency/') && !path.startsWith('sign-in-attempts/')),
  );
}

function expectProblem(answer: Answered, label: string): void {
  expect([label, answer.status >= 400 && answer.status < 500, answer.status]).toEqual([label, true, answer.status]);
  expect([label, answer.headers.get('content-type')]).toEqual([label, 'application/problem+json']);
  const { body } = answer;
  expect([label, typeof body.code, typeof body.title, typeof body.detail, body.status]).toEqual([
    label,
    'string',
    'string',
    'string',
    answer.status,
  ]);
  expect(body.requestId).toBe(answer.headers.get('x-request-id'));
}

describe('authentication', () => {
  test('comes before a byte of the body is read, on every route', async () => {
    const closed = operations.filter(({ isPublic }) => !isPublic);
    expect(closed.length).toBeGreaterThan(40);
    for (const { method, path } of closed) {
      let read = false;
      const body = new ReadableStream(
        {
          pull() {
            read = true;
            throw new Error('somebody read the body');
          },
        },
        { highWaterMark: 0 },
      );
      const init = method === 'GET' ? {} : { body, duplex: 'half' as const };
      const request = new Request(`http://127.0.0.1${address(path)}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...init,
      });
      const response = await api.api.fetch(request);
      expect([method, path, response.status, read]).toEqual([method, path, 401, false]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('refuses whatever is not a token of ours', async () => {
    const [header = '', payload = '', mac = ''] = api.token.split('.');
    const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const bad: readonly (string | null)[] = [
      ...[
        null,
        '',
        'Bearer',
        'Bearer ',
        `Basic ${api.token}`,
        api.token,
        `Bearer ${api.token}, Bearer ${api.token}`,
        `Bearer  ${api.token}`,
      ],
      ...[
        `${unsigned}.${payload}.`,
        `${unsigned}.${payload}.${mac}`,
        `${header}.${payload}.`,
        `${header}.${payload}`,
        `${header}.${payload}.${mac}.${mac}`,
      ].map((t) => `Bearer ${t}`),
      ...[
        `${header}=.${payload}.${mac}`,
        `${header}.${payload}.${mac}=`,
        `${api.token}A`,
        api.token.slice(0, -1),
        'a.b.c',
        'x'.repeat(5_000),
      ].map((t) => `Bearer ${t}`),
      ...[
        'aos_',
        'aos_short',
        `aos_${'0'.repeat(48)}`,
        'aos_undefined',
        'null',
        'undefined',
        '[object Object]',
        `aos_${'x'.repeat(4_000)}`,
      ].map((t) => `Bearer ${t}`),
    ];
    for (const authorization of bad) {
      const answer = await api.call('GET', '/v1/workflows', undefined, { authorization });
      expect([authorization, answer.status, answer.body.code]).toEqual([authorization, 401, 'UNAUTHENTICATED']);
    }
    expect((await api.call('GET', `/v1/workflows?access_token=${api.token}`, undefined, { authorization: null })).status).toBe(
      401,
    );
  });

  test('a viewer may read and nothing else', async () => {
    const made = await api.call('POST', '/v1/api-keys', { name: 'eyes', role: 'viewer' });
    const authorization = `Bearer ${made.body.key}`;
    for (const { method, path, isPublic } of operations) {
      if (isPublic || method === 'GET' || path === '/v1/workflows/validate') continue;
      const answer = await api.call(method, address(path), 'not even JSON', { authorization });
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'FORBIDDEN']);
    }
    expect((await api.call('GET', '/v1/workflows', undefined, { authorization })).status).toBe(200);
    for (const path of ['/v1/api-keys', '/v1/audit-log', '/v1/admin/status']) {
      expect((await api.call('GET', path, undefined, { authorization })).status).toBe(403);
    }
  });
});

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

const malformed: Readonly<Record<string, string>> = {
  'no JSON': '{"name": ',
  'two values': '{} {}',
  'single quotes': "{'name': 1}",
  'a trailing comma': '{"name": "x",}',
  NaN: '{"name": NaN}',
  'a number too large': '{"name": 1e400}',
  'too deep': `{"name": ${deep(5_000)}}`,
  'far too deep': deep(100_000),
  'a deep object': `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`,
  'a prototype': '{"__proto__": {"role": "owner"}}',
  'a nested prototype': '{"name": {"a": [{"__proto__": null}]}}',
  'a NUL outside a string': '{"name": \u0000"x"}',
};

const wrong: readonly JsonValue[] = [
  null,
  true,
  0,
  -1.5,
  '',
  'text',
  [],
  [[]],
  [{}],
  { unknownField: 1 },
  { constructor: { prototype: { polluted: true } } },
  { name: null, role: null, email: null, password: null, decision: null, type: null, nodes: null },
  { name: 7, role: 'emperor', email: [], password: {}, decision: 'maybe', type: 7, nodes: 'all', key: {} },
  { name: '', nodes: [], edges: [] },
  { name: 'a\u0000b', kind: 'http-bearer', value: 1, data: { token: 1 } },
  { name: '\ud800', kind: '\ud800', data: { '\ud800': 'x' } },
  { name: 'x'.repeat(100_000), value: 'x'.repeat(100_000), nodeId: 'x'.repeat(100_000) },
  { files: { x: { filepath: '/etc/passwd' } } },
];

describe('bodies', () => {
  test('that cannot be read are malformed, on every route that takes one', async () => {
    const before = stored();
    for (const { method, path } of operations.filter(({ hasBody }) => hasBody)) {
      for (const [name, text] of Object.entries(malformed)) {
        const answer = await api.call(method, address(path), text);
        const label = `${method} ${path}: ${name}`;
        expectProblem(answer, label);
        expect([label, answer.status]).toEqual([label, 400]);
      }
    }
    expect(stored()).toBe(before);
  });

  test('of the wrong shape are refused without a trace', async () => {
    const before = stored();
    const lenient = new Set(['/v1/callbacks/{token}', '/v1/workflows/validate', '/v1/workflows/{id}/draft']);
    for (const { method, path } of operations.filter((one) => one.hasBody && !lenient.has(one.path))) {
      for (const value of wrong) {
        const answer = await api.call(method, address(path), JSON.stringify(value));
        expectProblem(answer, `${method} ${path}: ${JSON.stringify(value).slice(0, 60)}`);
      }
    }
    expect(stored()).toBe(before);
  });

  test('of another content type, encoding or charset are refused', async () => {
    const before = stored();
    const types = [
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'application/json; charset=utf-16',
      'json',
      '',
    ];
    for (const { method, path } of operations.filter(({ hasBody }) => hasBody)) {
      for (const type of types) {
        const answer = await api.call(method, address(path), '{"name":"x"}', { 'content-type': type === '' ? null : type });
        // fetch sends text/plain where nothing is said
        expect([method, path, type, answer.status]).toEqual([method, path, type, 415]);
      }
      const packed = await api.call(method, address(path), '{"name":"x"}', { 'content-encoding': 'gzip' });
      expect([method, path, packed.status]).toEqual([method, path, 415]);
    }
    expect(stored()).toBe(before);
  });

  test('larger than a mebibyte are refused', async () => {
    for (const { method, path } of operations.filter(({ hasBody }) => hasBody)) {
      const answer = await api.call(method, address(path), `{"name": "${'x'.repeat(1_048_576)}"}`);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 413, 'BODY_TOO_LARGE']);
    }
  });

  test('that are not UTF-8 are refused', async () => {
    for (const bytes of [[0xff, 0xfe, 0x7b, 0], [0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d], [0x80]]) {
      const request = new Request('http://127.0.0.1/v1/workflows', {
        method: 'POST',
        body: Uint8Array.from(bytes),
        headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      });
      expect((await api.api.fetch(request)).status).toBe(400);
    }
  });

  test('of YAML with bombs, tags and merge keys are refused', async () => {
    const before = stored();
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...Array.from(
        { length: 8 },
        (_, n) => `${'bcdefghi'[n]}: &${'bcdefghi'[n]} [${`*${'abcdefgh'[n]},`.repeat(8)}*${'abcdefgh'[n]}]`,
      ),
    ].join('\n');
    const texts = [
      bomb,
      'name: !!js/function "x"',
      'base: &b {a: 1}\nname: {<<: *b}',
      'name: x\nname: y',
      `name: ${deep(50_000)}`,
      '\tname: x',
      'name: [',
      '- x',
      '__proto__: {a: 1}',
      '%YAML 1.1\n---\nname: x',
      'name: *nowhere',
      '--- \na: 1\n---\nb: 2',
    ];
    for (const { method, path } of operations.filter(({ yaml }) => yaml)) {
      if (path.endsWith('/validate') || path.endsWith('/draft')) continue;
      for (const text of texts) {
        const answer = await api.call(method, address(path), text, { 'content-type': 'application/yaml' });
        expectProblem(answer, `${method} ${path}: ${text.slice(0, 40)}`);
      }
    }
    expect(stored()).toBe(before);
  });

  test('cannot set what is not theirs to set', async () => {
    const foreign = {
      id: 'wf_mine',
      org: 'org_other',
      orgId: 'org_other',
      workspaceId: 'x',
      ownerId: 'usr_x',
      createdAt: '2000-01-01T00:00:00.000Z',
      createdBy: 'usr_x',
      status: 'active',
      activeVersion: 1,
    };
    const bodies: Readonly<Record<string, JsonObject>> = {
      '/v1/workflows': { name: 'sly', nodes: [{ id: 'start', type: 'trigger.manual' }] },
      '/v1/workflows/import': { name: 'sly', nodes: [{ id: 'start', type: 'trigger.manual' }] },
      '/v1/api-keys': { name: 'sly' },
      '/v1/credentials': { name: 'sly', kind: 'http-bearer', data: { token: 't' } },
      '/v1/variables': { name: 'sly', value: 1 },
      '/v1/auth/register': { email: 'a@b.c', password: 'long enough to pass' },
      '/v1/auth/login': { email: 'a@b.c', password: 'x' },
      '/v1/events': { type: 't', source: 's' },
      [`/v1/workflows/${workflowId}/executions`]: {},
      [`/v1/workflows/${workflowId}/activate`]: {},
    };
    const before = stored();
    for (const [path, body] of Object.entries(bodies)) {
      for (const [field, value] of Object.entries(foreign)) {
        const answer = await api.call('POST', path, { ...body, [field]: value });
        expect([path, field, answer.status]).toEqual([path, field, 422]);
        expect(JSON.stringify(answer.body.problems)).toContain(field);
      }
    }
    expect(stored()).toBe(before);
  });
});

describe('addresses', () => {
  const ids = [
    '..',
    '%2e%2e%2f',
    'a%2Fb',
    '%00',
    '%F0%9F%98%80',
    'constructor',
    '__proto__',
    'x'.repeat(5_000),
    "'%20or%201=1",
    'wf_0000',
    '%E0%A4%A',
    '*',
    '.',
    '%ED%A0%80',
  ];

  test('with ids that no id of ours looks like answer 404', async () => {
    const before = stored();
    for (const { method, path, hasBody } of operations.filter((one) => one.path.includes('{'))) {
      for (const id of ids) {
        const at = path.replace('{version}', '1').replace(/\{\w+\}/g, id);
        const answer = await api.call(method, at, hasBody ? '{}' : undefined);
        expectProblem(answer, `${method} ${path} ${id}`);
        // dots are folded by the URL itself; a missing body field is told before a missing thing
        expect([400, 404, 405, 422]).toContain(answer.status);
      }
    }
    expect(stored()).toBe(before);
  });

  test('that are not there answer 404, methods that are not there 405 with those that are', async () => {
    for (const path of [
      '/',
      '/v1',
      '/v2/workflows',
      '/v1/nothing',
      '/v1/workflows/',
      '/v1//workflows',
      '/.env',
      '/v1/workflows/x/y/z',
    ]) {
      expectProblem(await api.call('GET', path), path);
    }
    const answer = await api.call('PATCH', '/v1/workflows');
    expect([answer.status, answer.body.code, answer.headers.get('allow')]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      'POST, GET, HEAD',
    ]);
    for (const { path } of operations) expect((await api.call('OPTIONS', address(path))).status).toBe(405);
  });

  test('with parameters that are unknown, doubled or out of range are malformed', async () => {
    const queries = [
      'unknown=1',
      'limit=1&limit=2',
      'limit[]=1',
      'limit=',
      '__proto__=1',
      'constructor=1',
      'cursor=',
      'limit=999999999999999999999',
    ];
    for (const { path } of operations.filter(
      ({ method, path }) => method === 'GET' && path.startsWith('/v1/') && !path.includes('{'),
    )) {
      for (const query of queries) {
        const answer = await api.call('GET', `${path}?${query}`);
        expectProblem(answer, `${path}?${query}`);
        expect([path, query, answer.status]).toEqual([path, query, 400]);
      }
    }
    for (const query of ['status=nope', 'from=yesterday', 'from=2026-13-45T00:00:00Z', 'to=1', `workflowId=${'x'.repeat(200)}`]) {
      expect([query, (await api.call('GET', `/v1/executions?${query}`)).status]).toEqual([query, 400]);
    }
  });
});

describe('every answer', () => {
  test('carries the headers that keep it from being framed, sniffed, cached or read from elsewhere', async () => {
    const seen = [
      await api.call('GET', '/v1/workflows'),
      await api.call('GET', '/nothing'),
      await api.call('GET', '/healthz', undefined, { origin: 'https://evil.example' }),
    ];
    for (const { headers } of seen) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    const docs = await api.call('GET', '/docs', undefined, { authorization: null });
    expect(docs.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(docs.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(docs.text).not.toMatch(/<script(?! src=)|https?:\/\//);
  });

  test('names the request, in the caller’s own words where they are harmless', async () => {
    expect((await api.call('GET', '/nothing', undefined, { 'x-request-id': 'my-request-1' })).body.requestId).toBe(
      'my-request-1',
    );
    for (const id of ['x', 'a b c d e f g', 'x'.repeat(100), '<script>alert(1)</script>']) {
      expect((await api.call('GET', '/nothing', undefined, { 'x-request-id': id })).body.requestId).toMatch(/^req_/);
    }
  });
});

test('what fails on our side tells the client an id and nothing else, and the log everything', async () => {
  const broken = await createApiFixture();
  const cause = new Error('secret path /var/lib/x');
  Object.assign(broken.store, { query: () => Promise.reject(cause) });
  const answer = await broken.call('GET', '/v1/workflows');
  expect([answer.status, answer.body.code]).toEqual([500, 'INTERNAL']);
  expect(answer.text).not.toContain('secret');
  const logged = broken.events.find(({ event }) => event === 'request-failed');
  expect(logged?.fields).toMatchObject({ requestId: answer.body.requestId });
  expect(logged?.cause).toBe(cause);
});
