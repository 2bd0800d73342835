import { AppError } from '@automateos/shared/model/app-error';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { ApiEnv } from '../http/mount-routes.ts';
import { type MetricsAccess, metricsRoute } from './metrics-route.ts';

const token = 'a token of sixteen or more'.replaceAll(' ', '-');

async function ask(
  access: Partial<MetricsAccess>,
  from: { readonly address: string; readonly host?: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<number> {
  const hono = new Hono<ApiEnv>();
  hono.onError((error) => new Response(null, { status: error instanceof AppError ? error.status : 500 }));
  metricsRoute(hono, { text: async () => 'up 1\n', access: 'local', token, ...access });
  const headers = { host: from.host ?? 'localhost:8080', ...from.headers };
  const response = await hono.fetch(new Request('http://localhost/metrics', { headers }), { clientAddress: from.address });
  return response.status;
}

describe('who reads /metrics', () => {
  it.each(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'])('whoever is on this machine (%s)', async (address) => {
    expect(await ask({}, { address })).toBe(200);
    expect(await ask({}, { address, host: '[::1]:8080' })).toBe(200);
  });

  it.each(['192.0.2.1', '10.0.0.7', '::ffff:10.0.0.7', '127.0.0.1.evil.example', 'unknown', ''])(
    'not whoever is elsewhere (%s)',
    async (address) => {
      expect(await ask({}, { address })).toBe(401);
    },
  );

  it.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'via', 'x-forwarded-host'])(
    'not whoever comes through a proxy on this machine (%s)',
    async (name) => {
      expect(await ask({}, { address: '127.0.0.1', headers: { [name]: '127.0.0.1' } })).toBe(401);
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8080', ''])(
    'not a page that a browser on this machine shows under another name (%s)',
    async (host) => {
      expect(await ask({}, { address: '127.0.0.1', host })).toBe(401);
    },
  );

  it('whoever has the token, from anywhere; nobody with another, an empty or a missing one', async () => {
    const elsewhere = { address: '192.0.2.1' };
    const sends = (authorization: string) => ({ ...elsewhere, headers: { authorization } });
    expect(await ask({}, sends(`Bearer ${token}`))).toBe(200);
    for (const wrong of [`Bearer ${token}x`, 'Bearer ', 'Bearer', `Basic ${token}`, token, `Bearer ${token.toUpperCase()}`])
      expect(await ask({}, sends(wrong)), wrong).toBe(401);
    for (const unset of [undefined, '', ' '])
      for (const sent of ['Bearer ', 'Bearer undefined', `Bearer ${token}`])
        expect(await ask({ token: unset }, sends(sent)), `${unset} ${sent}`).toBe(401);
  });

  it('everybody where the operator says so', async () => {
    expect(await ask({ access: 'open' }, { address: '192.0.2.1' })).toBe(200);
  });
});
