/** Whether the process is alive, and whether it can work: for load balancers, which send no token. Details are names and yes or no. */
import { z } from 'zod';
import { publicRoute, type Route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Health';

export function healthRoutes({ maintenance, app }: RestContext): readonly Route[] {
  return [
    publicRoute({
      ...{ method: 'get', path: '/healthz', tag, summary: 'The process is alive' },
      answers: { 200: { description: 'Alive', schema: z.object({ status: z.literal('ok') }) } },
      handle: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
    publicRoute({
      ...{ method: 'get', path: '/readyz', tag, summary: 'Every dependency answers' },
      answers: {
        200: { description: 'Ready', schema: z.object({ status: z.string(), checks: z.record(z.string(), z.unknown()) }) },
        503: { description: 'Not ready: which dependency does not answer' },
      },
      handle: async () => {
        const checks = await maintenance.readiness().catch((error: unknown) => {
          app.logger.error('readiness-failed', {}, error);
          return { readiness: { ok: false } };
        });
        const ready = Object.values(checks).every((check) => check.ok);
        return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not-ready', checks } };
      },
    }),
  ];
}
