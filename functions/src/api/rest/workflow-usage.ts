/** What one workflow has used. */
import { CostBasis } from '@automateos/shared/model/cost-view';
import { z } from 'zod';
import { readWorkflowUsage } from '../../app/admin/read-usage.ts';
import { fromParam, idParams, toParam } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const RunCounts = z.object({
  ...{ executions: z.int(), succeeded: z.int(), failed: z.int(), cancelled: z.int(), 'timed-out': z.int() },
});

const WorkflowUsageView = z
  .object({
    workflowId: z.string(),
    ...{ from: z.string(), to: z.string(), basis: CostBasis },
    totals: RunCounts,
    days: z.array(RunCounts.extend({ date: z.string() })),
    months: z
      .array(z.object({ month: z.string(), microUsd: z.int() }))
      .describe('Operations and compute of whole months that the span touches, sampled in steps of a cent'),
  })
  .meta({ id: 'WorkflowUsage' });

export function workflowUsageRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/workflows/{id}/usage', tag: 'Cost', access: 'usage.read' },
      summary: "A workflow's executions per day and spend per month",
      params: idParams,
      query: z.strictObject({ from: fromParam, to: toParam }),
      answers: { 200: { description: 'Whole days, UTC; the last 30 without bounds', schema: WorkflowUsageView } },
      problems: ['INVALID_PARAMS'],
      handle: async ({ principal, params, query }) => {
        const usage = await readWorkflowUsage(app, principal, params.id, query);
        return { status: 200, body: { ...usage, basis: app.pricing.basis } };
      },
    }),
  ];
}
