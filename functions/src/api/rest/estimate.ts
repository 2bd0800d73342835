/** The price of a run before it starts. */
import { EstimateChoice, EstimateView } from '@automateos/shared/model/estimate';
import { estimateRun } from '../../app/cost/estimate-run.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

export function estimateRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'post', path: '/v1/workflows/{id}/estimate', tag: 'Cost', access: 'workflows.read' },
      summary: 'What a run would cost',
      description:
        'From the plan, and from what the last executions of the version have cost. Nothing is started; what was assumed is said.',
      params: idParams,
      body: EstimateChoice,
      bodyOptional: true,
      answers: { 200: { description: 'Micro-dollars: a million are one US dollar', schema: EstimateView } },
      problems: ['TRIGGER_REQUIRED', 'TRIGGER_UNKNOWN', 'NODE_TYPE_MISSING', 'INVALID_PARAMS'],
      handle: async ({ principal, params, body }) => {
        return { status: 200, body: await estimateRun(app, principal, { ...body, workflowId: params.id }) };
      },
    }),
  ];
}
