/** What the organization may use and uses; and what the installation's owner says of one organization. */
import { type Quotas, quotaNames } from '@automateos/shared/model/quota';
import { z } from 'zod';
import { overrideQuotas, type QuotaView, showQuotas, showQuotasOf } from '../../app/quotas/quotas.ts';
import { conditional, contentEtag, ifMatchContent, unchanged, unchangedAnswer } from '../http/etag.ts';
import { idParams } from '../http/query-params.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Quotas';

const Use = z.object({ limit: z.int().nullable().describe('null = as much as it likes'), used: z.int() });
const QuotasView = z.record(z.enum(quotaNames), Use).meta({ id: 'Quotas' });

const limit = z.union([z.int().min(0).max(1e15), z.null(), z.literal('inherit')]);
export const QuotaChoice = z
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

/** In the order of their names, whoever wrote them down. */
const asLimits = (limits: Quotas): object => quotaNames.map((name) => limits[name]);

/** What is used moves by itself: writers are held to the limits alone. */
function answerQuotas(view: QuotaView): Answer {
  const [limits, used] = [quotaNames.map((name) => view[name].limit), quotaNames.map((name) => view[name].used)];
  return { status: 200, headers: { etag: contentEtag(limits, used) }, body: view };
}

export function quotaRoutes({ app }: RestContext): readonly Route[] {
  const answers = { 200: { description: 'Limits and use', schema: QuotasView } };
  const shown = { headers: unchanged, answers: { ...answers, ...unchangedAnswer } };
  const path = '/v1/admin/organizations/{id}/quotas';
  return [
    route({
      ...{ method: 'get', path: '/v1/quotas', tag, access: 'quotas.read', ...shown },
      summary: 'What the organization may use, and uses',
      handle: async ({ principal }) => answerQuotas(await showQuotas(app, principal)),
    }),
    route({
      ...{ method: 'get', path, tag, access: 'installation.own', ...shown },
      summary: 'What one organization may use, and uses',
      params: idParams,
      handle: async ({ principal, params }) => answerQuotas(await showQuotasOf(app, principal, params.id)),
    }),
    route({
      ...{ method: 'patch', path, tag, access: 'installation.own', answers },
      summary: 'Set quotas of one organization',
      params: idParams,
      body: QuotaChoice,
      headers: conditional,
      problems: ['CONFLICT', 'PRECONDITION_FAILED'],
      handle: async ({ principal, params, body, request }) => {
        const expected = ifMatchContent(request.header('if-match'), asLimits);
        return answerQuotas(await overrideQuotas(app, principal, { org: params.id, limits: body, expected }));
      },
    }),
  ];
}
