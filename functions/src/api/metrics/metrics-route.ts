/**
 * GET /metrics for Prometheus. It holds no tenant's text, but what an installation does is nobody's business who merely reaches its port:
 * a bearer token opens it from anywhere, and callers on the same machine need none. `open` is for a network that is private already.
 *
 * The caller's address alone does not make it local: behind a proxy everybody comes from this machine, and a page in a browser can be
 * made to call it under another name. So a request that was forwarded, or that asks for another host, is not local.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Hono } from 'hono';
import { sameBytes, usableSecret } from '../../app/webhooks/constant-time.ts';
import type { ApiEnv } from '../http/mount-routes.ts';

export type MetricsAccess = {
  readonly text: () => Promise<string>;
  readonly access: 'local' | 'open';
  readonly token: string | undefined;
};

const loopbackAddress = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;
const loopbackName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const forwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'];

export function metricsRoute(hono: Hono<ApiEnv>, { text, access, token }: MetricsAccess): void {
  hono.get('/metrics', async (c) => {
    const isLocal = isLocalCaller(c.env.clientAddress ?? '', (name) => c.req.header(name));
    if (access !== 'open' && !isLocal && !hasToken(c.req.header('authorization'), token)) {
      throw new AppError('UNAUTHENTICATED', { reason: 'metrics need the bearer token of AUTOMATEOS_METRICS_TOKEN.' });
    }
    return new Response(await text(), {
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' },
    });
  });
}

function hasToken(authorization: string | undefined, token: string | undefined): boolean {
  const given = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && usableSecret(token) && sameBytes(Buffer.from(given), Buffer.from(token));
}

function isLocalCaller(address: string, header: (name: string) => string | undefined): boolean {
  if (!loopbackAddress.test(address) || !loopbackName.test(header('host') ?? '')) return false;
  return forwarded.every((name) => header(name) === undefined);
}
