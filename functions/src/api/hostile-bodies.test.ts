/** Every route that takes a body against bodies that no client of good will sends: always a 4xx problem document, nothing stored. */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { beforeAll, describe, expect, test } from 'vitest';
import { createEveryRoute, type EveryRoute, expectProblem } from '../testing/every-route.ts';

let every: EveryRoute;

beforeAll(async () => {
  every = await createEveryRoute();
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
    const before = every.stored();
    for (const { method, path } of every.operations.filter(({ hasBody }) => hasBody)) {
      for (const [name, text] of Object.entries(malformed)) {
        const answer = await every.api.call(method, every.address(path), text);
        const label = `${method} ${path}: ${name}`;
        expectProblem(answer, label);
        expect([label, answer.status]).toEqual([label, 400]);
      }
    }
    expect(every.stored()).toBe(before);
  });

  test('of the wrong shape are refused without a trace', async () => {
    const before = every.stored();
    const lenient = new Set(['/v1/callbacks/{token}', '/v1/workflows/validate', '/v1/workflows/{id}/draft']);
    for (const { method, path } of every.operations.filter((one) => one.hasBody && !lenient.has(one.path))) {
      for (const value of wrong) {
        const answer = await every.api.call(method, every.address(path), JSON.stringify(value));
        expectProblem(answer, `${method} ${path}: ${JSON.stringify(value).slice(0, 60)}`);
      }
    }
    expect(every.stored()).toBe(before);
  });

  test('of another content type, encoding or charset are refused', async () => {
    const before = every.stored();
    const types = [
      'text/plain',
      'multipart/form-data; boundary=x',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'application/json; charset=utf-16',
      'json',
      '',
    ];
    for (const { method, path } of every.operations.filter(({ hasBody }) => hasBody)) {
      for (const type of types) {
        const answer = await every.api.call(method, every.address(path), '{"name":"x"}', {
          'content-type': type === '' ? null : type,
        });
        // fetch sends text/plain where nothing is said
        expect([method, path, type, answer.status]).toEqual([method, path, type, 415]);
      }
      const packed = await every.api.call(method, every.address(path), '{"name":"x"}', { 'content-encoding': 'gzip' });
      expect([method, path, packed.status]).toEqual([method, path, 415]);
    }
    expect(every.stored()).toBe(before);
  });

  test('larger than a mebibyte are refused', async () => {
    for (const { method, path } of every.operations.filter(({ hasBody }) => hasBody)) {
      const answer = await every.api.call(method, every.address(path), `{"name": "${'x'.repeat(1_048_576)}"}`);
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 413, 'BODY_TOO_LARGE']);
    }
  });

  test('that are not UTF-8 are refused', async () => {
    for (const bytes of [[0xff, 0xfe, 0x7b, 0], [0x7b, 0x22, 0xc0, 0x80, 0x22, 0x3a, 0x31, 0x7d], [0x80]]) {
      const request = new Request('http://127.0.0.1/v1/workflows', {
        method: 'POST',
        body: Uint8Array.from(bytes),
        headers: { authorization: `Bearer ${every.api.token}`, 'content-type': 'application/json' },
      });
      expect((await every.api.api.fetch(request)).status).toBe(400);
    }
  });

  test('of YAML with bombs, tags and merge keys are refused', async () => {
    const before = every.stored();
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
    for (const { method, path } of every.operations.filter(({ yaml }) => yaml)) {
      if (path.endsWith('/validate') || path.endsWith('/draft')) continue;
      for (const text of texts) {
        const answer = await every.api.call(method, every.address(path), text, { 'content-type': 'application/yaml' });
        expectProblem(answer, `${method} ${path}: ${text.slice(0, 40)}`);
      }
    }
    expect(every.stored()).toBe(before);
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
      [`/v1/workflows/${every.workflowId}/executions`]: {},
      [`/v1/workflows/${every.workflowId}/activate`]: {},
    };
    const before = every.stored();
    for (const [path, body] of Object.entries(bodies)) {
      for (const [field, value] of Object.entries(foreign)) {
        const answer = await every.api.call('POST', path, { ...body, [field]: value });
        expect([path, field, answer.status]).toEqual([path, field, 422]);
        expect(JSON.stringify(answer.body.problems)).toContain(field);
      }
    }
    expect(every.stored()).toBe(before);
  });
});
