import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { buildOpenApi } from '../openapi/build-openapi.ts';
import { type ApiEnv, mountRoutes } from './mount-routes.ts';
import { publicRoute } from './route.ts';

const old = publicRoute({
  ...{ method: 'get', path: '/v1/old', tag: 'Old', summary: 'Something old' },
  deprecated: { since: '2027-01-31', sunset: '2028-02-01', instead: '/v1/new' },
  answers: { 200: { description: 'Still there', schema: z.object({ ok: z.boolean() }) } },
  handle: async () => ({ status: 200, headers: { etag: '"7"' }, body: { ok: true } }),
});

async function mounted() {
  const { app, identity } = await createApiFixture();
  const hono = new Hono<ApiEnv>();
  hono.use(async (c, next) => {
    c.set('requestId', 'req_test');
    await next();
  });
  mountRoutes(hono, { app, identity }, [old]);
  return (headers: Record<string, string> = {}, method = 'GET') =>
    hono.fetch(new Request('http://127.0.0.1/v1/old', { headers, method }), {});
}

test('a deprecated route says since when, until when and what to call instead, in headers and in the document', async () => {
  const { headers } = await (await mounted())();
  expect(headers.get('deprecation')).toBe('@1801353600');
  expect(headers.get('sunset')).toBe('Tue, 01 Feb 2028 00:00:00 GMT');
  expect(headers.get('link')).toBe('</v1/new>; rel="successor-version"');
  const { paths } = buildOpenApi([old], { title: 't', version: '1', description: 'd' });
  expect(paths).toMatchObject({ '/v1/old': { get: { deprecated: true, description: expect.stringContaining('2028-02-01') } } });
});

test.each(['"7"', 'W/"7"', '"6", "7"', '*'])('If-None-Match %s: what the client has already is not sent again', async (tag) => {
  const ask = await mounted();
  for (const method of ['GET', 'HEAD']) {
    const answer = await ask({ 'if-none-match': tag }, method);
    expect([answer.status, answer.headers.get('etag'), await answer.text()]).toEqual([304, '"7"', '']);
  }
});

test('another ETag is answered in full', async () => {
  const answer = await (await mounted())({ 'if-none-match': '"6"' });
  expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
});
