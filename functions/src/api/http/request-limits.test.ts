import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { createMemoryRateLimiter } from '../../adapters/rate-limit/memory-rate-limiter.ts';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { createWebhookListener } from '../hooks/webhook-listener.ts';
import { createRequestLimits, type RequestRates } from './request-limits.ts';

const none: RequestRates = { key: 0, organization: 0, address: 0, webhook: 0 };

const limited = (rates: Partial<RequestRates>) =>
  createApiFixture({}, { limits: createRequestLimits(createMemoryRateLimiter(), { ...none, ...rates }) });

test('every answer tells what is left, and the one above the limit is refused with the time to wait', async () => {
  const api = await limited({ key: 2, organization: 10 });
  const first = await api.call('GET', '/v1/workflows');
  expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([200, '"key";q=2;w=60']);
  expect([first.headers.get('ratelimit-limit'), first.headers.get('ratelimit-remaining')]).toEqual(['2', '1']);
  expect(first.headers.get('ratelimit')).toMatch(/^"key";r=1;t=\d+$/);
  const missing = await api.call('GET', '/v1/workflows/wf_none');
  expect([missing.status, missing.headers.get('ratelimit-remaining')]).toEqual([404, '0']);
  const refused = await api.call('GET', '/v1/workflows');
  expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  const wait = Number(refused.headers.get('retry-after'));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(60);
  expect(refused.headers.get('ratelimit-remaining')).toBe('0');
  expect(refused.text).not.toContain('ratelimit');
});

test('keys of one user count apart, and together for the organization', async () => {
  const api = await limited({ key: 100, organization: 4 });
  const made = [];
  for (const name of ['one', 'two']) made.push(await api.call('POST', '/v1/api-keys', { name }));
  const headers = made.map(({ body }) => ({ authorization: `Bearer ${String(body.key)}` }));
  for (const sent of headers) expect((await api.call('GET', '/v1/workflows', undefined, sent)).status).toBe(200);
  const over = await api.call('GET', '/v1/workflows', undefined, headers[0]);
  expect([over.status, over.headers.get('ratelimit-policy')]).toEqual([429, '"organization";q=4;w=60']);
});

test('an address with too many refused credentials is refused before another one is looked up; others are not', async () => {
  const api = await limited({ address: 3 });
  const wrong = { authorization: 'Bearer aos_wrong_wrong_wrong_wrong' };
  for (let n = 0; n < 3; n += 1) expect((await api.call('GET', '/v1/workflows', undefined, wrong)).status).toBe(401);
  expect((await api.call('GET', '/v1/workflows', undefined, wrong)).status).toBe(429);
  const request = new Request('http://127.0.0.1/v1/workflows', { headers: { authorization: `Bearer ${api.token}` } });
  expect((await api.api.fetch(request, { clientAddress: '192.0.2.9' })).status).toBe(200);
});

test('routes that need nobody are limited by address', async () => {
  const api = await limited({ address: 1 });
  const answer = () => api.call('POST', '/v1/callbacks/nothing', {}, { authorization: null });
  expect((await answer()).status).toBe(404);
  expect((await answer()).status).toBe(429);
});

test('without rates nothing is limited and no header speaks of limits', async () => {
  const api = await createApiFixture();
  const { headers } = await api.call('GET', '/v1/workflows');
  expect([...headers.keys()].filter((name) => name.startsWith('ratelimit'))).toEqual([]);
});

test('webhooks of one workflow are limited, those of another are not', async () => {
  const { app } = await createApiFixture();
  const limits = createRequestLimits(createMemoryRateLimiter(), { ...none, webhook: 1 });
  const hooks = createWebhookListener(app, limits);
  const server = createServer((request, response) => void hooks(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // of a listening TCP server it is one
  const post = async (id: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}/hooks/${id}`, { method: 'POST', body: '{}' });
    await answer.text();
    return [answer.status, answer.headers.has('retry-after')];
  };
  expect(await post('wf_one')).toEqual([404, false]);
  expect(await post('wf_one')).toEqual([429, true]);
  expect(await post('wf_two')).toEqual([404, false]);
  await new Promise((resolve) => server.close(resolve));
});

test('what is of an account alone is limited by the account', async () => {
  const api = await limited({ key: 1 });
  expect((await api.call('GET', '/v1/auth/sessions')).status).toBe(200);
  expect((await api.call('GET', '/v1/auth/sessions')).status).toBe(429);
});
