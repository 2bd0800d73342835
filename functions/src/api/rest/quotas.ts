/** What the organization may use and uses; and what the installation's owner says of one organization. */
import { quotaNames } from '@automateos/shared/model/quota';
import { z } from 'zod';
import { overrideQuotas, showQuotas } from '../../app/quotas/quotas.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Quotas';

const Use = z.object({ limit: z.int().nullable().describe('null = as much as it likes'), used: z.int() });
const QuotasView = z.record(z.enum(quotaNames), Use).meta({ id: 'Quotas' });

const limit = z.union([z.int().min(0).max(1e15), z.null(), z.literal('inherit')]);
const QuotaChoice = z
  .strictObject({
    executionsPerDay: limit.optional(),
    concurrentExecutions: limit.optional(),
    storedBytes: limit.optional(),
    schedules: limit.optional(),
    workflows: limit.optional(),
    members: limit.optional(),
    apiKeys: limit.optional(),
  })
  .describe('Those named change: a number, null for no limit, "inherit" for the installation’s');

export function quotaRoutes({ app }: RestContext): readonly Route[] {
  const answers = { 200: { description: 'Limits and use', schema: QuotasView } };
  return [
    route({
      ...{ method: 'get', path: '/v1/quotas', tag, access: 'quotas.read', answers },
      summary: 'What the organization may use, and uses',
      handle: async ({ principal }) => ({ status: 200, body: await showQuotas(app, principal) }),
    }),
    route({
      ...{ method: 'patch', path: '/v1/admin/organizations/{id}/quotas', tag, access: 'installation.own', answers },
      summary: 'Set quotas of one organization',
      params: idParams,
      body: QuotaChoice,
      handle: async ({ principal, params, body }) => ({
        status: 200,
        body: await overrideQuotas(app, principal, params.id, body),
      }),
    }),
  ];
}
