/** Executions under way: cancel, pause, resume; and those that ended: retry, fork. */

import { ExecutionSummaryView } from '@automateos/shared/model/execution-view';
import type { Principal } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { forkExecution } from '../../app/engine/fork-execution.ts';
import { pauseExecution, resumeExecution } from '../../app/engine/pause-execution.ts';
import { readExecution } from '../../app/engine/read-execution.ts';
import { retryExecution } from '../../app/engine/retry-execution.ts';
import { stopExecution } from '../../app/engine/stop-execution.ts';
import { queryStatus } from '../../app/executions/derive-status.ts';
import { presentSummary } from '../../app/executions/read-execution-view.ts';
import { idParams } from '../http/query-params.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import { anyJson } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Executions';
const nothing = z.strictObject({});

export function executionControlRoutes({ app }: RestContext): readonly Route[] {
  async function accepted(principal: Principal, id: string): Promise<Answer> {
    const { data } = await readExecution(app, principal.org, id);
    const body = presentSummary(data, await queryStatus(app, data));
    return { status: 202, headers: { location: `/v1/executions/${id}` }, body };
  }

  const verbs = [
    ['cancel', 'Cancel', (principal: Principal, id: string) => stopExecution(app, principal, id, 'cancelled')],
    ['pause', 'Start no further step', (principal: Principal, id: string) => pauseExecution(app, principal, id)],
    ['resume', 'Go on after a pause', (principal: Principal, id: string) => resumeExecution(app, principal, id)],
  ] as const;

  return [
    ...verbs.map(([verb, summary, act]) =>
      route({
        ...{ method: 'post', path: `/v1/executions/{id}/${verb}`, tag, access: 'executions.control', summary },
        params: idParams,
        body: nothing,
        bodyOptional: true,
        answers: { 202: { description: 'Will be done', schema: ExecutionSummaryView } },
        problems: ['CONFLICT'],
        handle: async ({ principal, params }) => {
          await act(principal, params.id);
          return accepted(principal, params.id);
        },
      }),
    ),
    route({
      ...{
        method: 'post',
        path: '/v1/executions/{id}/retry',
        tag,
        access: 'executions.control',
        summary: 'Go on from what failed',
      },
      description: 'The same execution, next generation. With `version` a new execution on that version, as by fork.',
      params: idParams,
      body: z.strictObject({ version: z.int().min(1).optional() }),
      bodyOptional: true,
      answers: { 202: { description: 'Runs again', schema: ExecutionSummaryView } },
      problems: ['NOT_RETRYABLE_NOW', 'CONFLICT'],
      handle: async ({ principal, params, body }) => {
        const { version } = body;
        const { executionId } =
          version === undefined
            ? await retryExecution(app, principal, params.id)
            : await forkExecution(app, principal, { executionId: params.id, version, action: 'execution.retry' });
        return accepted(principal, executionId);
      },
    }),
    route({
      ...{
        method: 'post',
        path: '/v1/executions/{id}/fork',
        tag,
        access: 'executions.control',
        summary: 'Run again from a step',
      },
      description:
        'A new execution that takes over the finished steps before nodeId; `input` replaces the input of the execution.',
      params: idParams,
      body: z.strictObject({
        nodeId: z.string().min(1).max(64),
        input: anyJson.optional(),
        version: z.int().min(1).optional(),
      }),
      answers: { 202: { description: 'A new execution', schema: ExecutionSummaryView } },
      handle: async ({ principal, params, body }) => {
        const { nodeId, input, version } = body;
        const { executionId } = await forkExecution(app, principal, { executionId: params.id, nodeId, input, version });
        return accepted(principal, executionId);
      },
    }),
  ];
}
