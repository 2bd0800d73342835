/** Every address of the OpenAPI document against what strangers and broken clients send: always a 4xx problem document, nothing stored. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createApiFixture } from '../testing/api-fixture.ts';
import { createEveryRoute, type EveryRoute, expectProblem } from '../testing/every-route.ts';

let every: EveryRoute;

beforeAll(async () => {
  every = await createEveryRoute();
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
    const before = every.stored();
    for (const { method, path, hasBody } of every.operations.filter((one) => one.path.includes('{'))) {
      for (const id of ids) {
        const at = path.replace('{version}', '1').replace(/\{\w+\}/g, id);
        // the URL itself folds dots, and what is left may be another route
        const folded = new URL(at, 'http://127.0.0.1').pathname;
        if (folded !== at && every.operations.some((one) => one.path === folded)) continue;
        const answer = await every.api.call(method, at, hasBody ? '{}' : undefined);
        expectProblem(answer, `${method} ${path} ${id}`);
        // dots are folded by the URL itself; a missing body field is told before a missing thing
        expect([400, 404, 405, 422]).toContain(answer.status);
      }
    }
    expect(every.stored()).toBe(before);
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
      expectProblem(await every.api.call('GET', path), path);
    }
    const answer = await every.api.call('PATCH', '/v1/workflows');
    expect([answer.status, answer.body.code, answer.headers.get('allow')]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      'POST, GET, HEAD',
    ]);
    for (const { path } of every.operations) expect((await every.api.call('OPTIONS', every.address(path))).status).toBe(405);
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
    for (const { path } of every.operations.filter(
      ({ method, path }) => method === 'GET' && path.startsWith('/v1/') && !path.includes('{'),
    )) {
      for (const query of queries) {
        const answer = await every.api.call('GET', `${path}?${query}`);
        expectProblem(answer, `${path}?${query}`);
        expect([path, query, answer.status]).toEqual([path, query, 400]);
      }
    }
    for (const query of ['status=nope', 'from=yesterday', 'from=2026-13-45T00:00:00Z', 'to=1', `workflowId=${'x'.repeat(200)}`]) {
      expect([query, (await every.api.call('GET', `/v1/executions?${query}`)).status]).toEqual([query, 400]);
    }
  });
});

describe('every answer', () => {
  test('carries the headers that keep it from being framed, sniffed, cached or read from elsewhere', async () => {
    const seen = [
      await every.api.call('GET', '/v1/workflows'),
      await every.api.call('GET', '/nothing'),
      await every.api.call('GET', '/healthz', undefined, { origin: 'https://evil.example' }),
    ];
    for (const { headers } of seen) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    const docs = await every.api.call('GET', '/docs', undefined, { authorization: null });
    expect(docs.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(docs.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(docs.text).not.toMatch(/<script(?! src=)|https?:\/\//);
  });

  test('names the request, in the caller’s own words where they are harmless', async () => {
    expect((await every.api.call('GET', '/nothing', undefined, { 'x-request-id': 'my-request-1' })).body.requestId).toBe(
      'my-request-1',
    );
    for (const id of ['x', 'a b c d e f g', 'x'.repeat(100), '<script>alert(1)</script>']) {
      expect((await every.api.call('GET', '/nothing', undefined, { 'x-request-id': id })).body.requestId).toMatch(/^req_/);
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
