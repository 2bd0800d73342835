/** Every route without a token, with a bad one, and with too small a role. */
import { beforeAll, describe, expect, test } from 'vitest';
import { createEveryRoute, type EveryRoute } from '../testing/every-route.ts';

let every: EveryRoute;

beforeAll(async () => {
  every = await createEveryRoute();
});

describe('authentication', () => {
  test('comes before a byte of the body is read, on every route', async () => {
    const closed = every.operations.filter(({ isPublic }) => !isPublic);
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
      const request = new Request(`http://127.0.0.1${every.address(path)}`, {
        method,
        headers: { 'content-type': 'application/json' },
        ...init,
      });
      const response = await every.api.api.fetch(request);
      expect([method, path, response.status, read]).toEqual([method, path, 401, false]);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  test('refuses whatever is not a token of ours', async () => {
    const [header = '', payload = '', mac = ''] = every.api.token.split('.');
    const unsigned = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    const others = ['None', 'NONE', 'nOnE', 'HS512', 'RS256'].map((alg) =>
      JSON.stringify({ ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg }),
    );
    const bad: readonly (string | null)[] = [
      ...[
        null,
        '',
        'Bearer',
        'Bearer ',
        `Basic ${every.api.token}`,
        every.api.token,
        `Bearer ${every.api.token}, Bearer ${every.api.token}`,
        `Bearer  ${every.api.token}`,
      ],
      ...[
        ...others.flatMap((one) => [
          `${Buffer.from(one).toString('base64url')}.${payload}.`,
          `${Buffer.from(one).toString('base64url')}.${payload}.${mac}`,
        ]),
        every.api.token.slice(0, 20),
        `${unsigned}.${payload}.`,
        `${unsigned}.${payload}.${mac}`,
        `${header}.${payload}.`,
        `${header}.${payload}`,
        `${header}.${payload}.${mac}.${mac}`,
      ].map((t) => `Bearer ${t}`),
      ...[
        `${header}=.${payload}.${mac}`,
        `${header}.${payload}.${mac}=`,
        `${every.api.token}A`,
        every.api.token.slice(0, -1),
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
      const answer = await every.api.call('GET', '/v1/workflows', undefined, { authorization });
      expect([authorization, answer.status, answer.body.code]).toEqual([authorization, 401, 'UNAUTHENTICATED']);
    }
    expect(
      (await every.api.call('GET', `/v1/workflows?access_token=${every.api.token}`, undefined, { authorization: null })).status,
    ).toBe(401);
  });

  test('a viewer may read and nothing else', async () => {
    const made = await every.api.call('POST', '/v1/api-keys', { name: 'eyes', role: 'viewer' });
    const authorization = `Bearer ${made.body.key}`;
    const askOnly = ['/v1/live/ticket', '/v1/workflows/validate', '/v1/workflows/{id}/estimate'];
    for (const { method, path, isPublic } of every.operations) {
      if (isPublic || method === 'GET' || askOnly.includes(path)) continue;
      const answer = await every.api.call(method, every.address(path), 'not even JSON', { authorization });
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'FORBIDDEN']);
    }
    expect((await every.api.call('GET', '/v1/workflows', undefined, { authorization })).status).toBe(200);
    for (const path of ['/v1/api-keys', '/v1/audit-log', '/v1/admin/status']) {
      expect((await every.api.call('GET', path, undefined, { authorization })).status).toBe(403);
    }
  });
});
