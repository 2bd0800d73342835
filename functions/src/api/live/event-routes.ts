/** Live events by SSE: of one execution, and the changes of an organization's executions, approvals and workflows. */
import { ExecutionStatus } from '@automateos/shared/model/execution';
import { LiveEvent } from '@automateos/shared/model/live-event';
import { z } from 'zod';
import { followApprovals, followExecution, followExecutions, followWorkflows } from '../../app/live/follow.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from '../rest/rest-context.ts';
import { streamAnswer, streamHeaders, streamQuery } from './stream-answer.ts';

const answers = {
  200: { description: 'The stream; each `data:` is one of these', schema: LiveEvent, media: 'text/event-stream' },
};
const problems = ['RATE_LIMITED'] as const;
const ofChanges = [
  'Server-sent events: changes from now on, or behind Last-Event-ID. The first block is an `id:` alone: open the stream, read the list, and',
  'nothing falls between. Several changes of one thing may be one event; the newest state always comes. Where the stream is cut off, the',
  'last event is `event: end` with {code, detail}.',
].join(' ');

export function liveEventRoutes(context: RestContext): readonly Route[] {
  const { app } = context;
  return [
    route({
      ...{ method: 'get', path: '/v1/executions/{id}/events', tag: 'Executions', access: 'executions.read' },
      summary: 'Follow an execution live',
      description: [
        'Server-sent events: every state and log line of every step, history first; the last is `event: done`.',
        'Where the stream is cut off (the session ended), it is `event: end` with {code, detail}.',
      ].join(' '),
      headers: streamHeaders,
      params: idParams,
      query: streamQuery,
      ...{ answers, problems },
      handle: ({ principal, params, query, request }) =>
        streamAnswer(context, { principal, request, after: query.after }, 'history', (follow) =>
          followExecution(app, principal, { ...follow, executionId: params.id }),
        ),
    }),
    route({
      ...{ method: 'get', path: '/v1/executions/events', tag: 'Executions', access: 'executions.read' },
      summary: 'Follow all executions live',
      description: `${ofChanges} That an execution has begun to wait, or goes on, is a change like any other.`,
      headers: streamHeaders,
      query: streamQuery.extend({
        workflowId: z.string().optional().describe('Only those of this workflow'),
        status: ExecutionStatus.optional().describe('Only changes that lead there'),
      }),
      ...{ answers, problems },
      handle: ({ principal, query, request }) => {
        const { after, ...filter } = query;
        return streamAnswer(context, { principal, request, after }, 'changes', (follow) =>
          followExecutions(app, principal, { ...follow, ...filter }),
        );
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/approvals/events', tag: 'Approvals', access: 'approvals.read' },
      summary: 'Follow approvals live',
      description: ofChanges,
      headers: streamHeaders,
      query: streamQuery,
      ...{ answers, problems },
      handle: ({ principal, query, request }) =>
        streamAnswer(context, { principal, request, after: query.after }, 'changes', (follow) =>
          followApprovals(app, principal, follow),
        ),
    }),
    route({
      ...{ method: 'get', path: '/v1/workflows/events', tag: 'Workflows', access: 'workflows.read' },
      summary: 'Follow workflows live',
      description: `${ofChanges} A deleted workflow is told with \`deleted: true\`.`,
      headers: streamHeaders,
      query: streamQuery,
      ...{ answers, problems },
      handle: ({ principal, query, request }) =>
        streamAnswer(context, { principal, request, after: query.after }, 'changes', (follow) =>
          followWorkflows(app, principal, follow),
        ),
    }),
  ];
}
