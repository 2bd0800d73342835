/** Executions: start, list, read, with their steps and log lines. */
import { AppError } from '@automateos/shared/model/app-error';
import { ExecutionStatus, isTerminal } from '@automateos/shared/model/execution';
import { ExecutionSummaryView, ExecutionView, LogLevel, LogLineView, StepView } from '@automateos/shared/model/execution-view';
import { z } from 'zod';
import { readExecution } from '../../app/engine/read-execution.ts';
import { startExecution } from '../../app/engine/start-execution.ts';
import { waitForExecution } from '../../app/engine/wait-for-execution.ts';
import { queryStatus } from '../../app/executions/derive-status.ts';
import { listExecutions } from '../../app/executions/list-executions.ts';
import { listLogs, listSteps } from '../../app/executions/list-steps.ts';
import { presentSummary, readExecutionView, viewOf } from '../../app/executions/read-execution-view.ts';
import { requireDefinition } from '../../app/workflows/check-definition.ts';
import { getDraft } from '../../app/workflows/draft.ts';
import { answerPage } from '../http/cursor.ts';
import { preferredWaitMs } from '../http/prefer-wait.ts';
import { idParams, instantParam, pageOf, pageParams } from '../http/query-params.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import { anyJson } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Executions';

export function executionRoutes(context: RestContext): readonly Route[] {
  return [startRoute(context), ...readRoutes(context)];
}

function startRoute({ app }: RestContext): Route {
  return route({
    ...{ method: 'post', path: '/v1/workflows/{id}/executions', tag, access: 'executions.start', summary: 'Start an execution' },
    description: [
      'Runs the active version, else the newest; starts at triggerId, else trigger.manual, else the only trigger.',
      'With an Idempotency-Key one execution is started, however often the request is sent.',
    ].join(' '),
    headers: { Prefer: '`wait=30` waits that many seconds, at most 50, for the end' },
    params: idParams,
    body: z.strictObject({
      input: anyJson.optional(),
      version: z.int().min(1).optional(),
      triggerId: z.string().min(1).max(64).optional(),
      draft: z.boolean().optional().describe('Run the draft'),
    }),
    bodyOptional: true,
    answers: {
      200: { description: 'It has ended', schema: ExecutionView },
      202: { description: 'It exists and will run to its end', schema: ExecutionSummaryView },
    },
    problems: ['TRIGGER_REQUIRED', 'TRIGGER_UNKNOWN', 'INVALID_DEFINITION'],
    handle: async ({ principal, params, body, request }) => {
      if (body.draft === true && body.version !== undefined) {
        throw new AppError('INVALID_PARAMS', { reason: 'Send either draft or version.' });
      }
      const waitMs = preferredWaitMs(request.header('prefer'));
      const checked = body.draft === true ? await getDraft(app, principal, params.id) : null;
      // the draft is JSON by its own schema
      const draft = checked === null ? undefined : await requireDefinition(app, principal.org, checked.draft.definition);
      const { idempotency } = request;
      const { executionId } = await startExecution(app, principal, {
        ...{ workflowId: params.id, version: body.version, triggerId: body.triggerId, input: body.input ?? {}, draft },
        trigger: { kind: 'manual', by: principal.userId, ...(draft === undefined ? {} : { test: true }) },
        dedupe: idempotency === null ? undefined : { ...idempotency, key: `start-${idempotency.key}` },
      });
      const headers = { location: `/v1/executions/${executionId}` };
      if (waitMs !== null) {
        const options = { timeoutMs: waitMs, until: 'finished', signal: request.signal } as const;
        const execution = await waitForExecution(app, principal.org, executionId, options);
        const applied = { ...headers, 'preference-applied': `wait=${waitMs / 1000}` };
        if (isTerminal(execution.status)) return { status: 200, headers: applied, body: await viewOf(app, execution) };
      }
      const { data } = await readExecution(app, principal.org, executionId);
      return { status: 202, headers, body: presentSummary(data, await queryStatus(app, data)) };
    },
  });
}

/** Views of executions that have ended are shared: each is written out once. */
const texts = new WeakMap<ExecutionView, string>();

function executionAnswer(view: ExecutionView): Answer {
  const text = texts.get(view) ?? JSON.stringify(view);
  if (view.endedAt !== null) texts.set(view, text);
  const more = view.stepsTruncated ? { link: `</v1/executions/${view.id}/steps>; rel="steps"` } : {};
  return { status: 200, headers: { 'content-type': 'application/json', ...more }, text };
}

const executionStatus = ExecutionStatus.optional().describe('Only those that stand so');

function readRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/executions', tag, access: 'executions.read', summary: 'List executions, newest first' },
      query: z.strictObject({
        ...pageParams,
        workflowId: z.string().max(128).optional().describe('Only those of this workflow'),
        status: executionStatus,
        from: instantParam.optional().describe('Started at this instant or later'),
        to: instantParam.optional().describe('Started before this instant'),
      }),
      answers: { 200: { description: 'A page', schema: pageOf(ExecutionSummaryView) } },
      handle: async ({ principal, query }) => {
        const { workflowId, status, from, to } = query;
        const bind = [principal.org, 'executions', workflowId ?? '', status ?? '', from ?? '', to ?? ''];
        const read = (page: Parameters<typeof listExecutions>[2]) =>
          listExecutions(app, principal, { ...page, workflowId, status, from, to });
        return { status: 200, body: await answerPage(cursors, query, bind, read, (item) => item) };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/executions/{id}', tag, access: 'executions.read', summary: 'Read an execution' },
      params: idParams,
      description: [
        'At most 500 steps, the root first: `stepsTruncated` and a Link with rel=steps say that there are more.',
        'Of one that runs and has more, the answer may be 5 s old.',
      ].join(' '),
      answers: { 200: { description: 'The execution with its steps', schema: ExecutionView } },
      handle: async ({ principal, params }) => executionAnswer(await readExecutionView(app, principal, params.id)),
    }),
    route({
      ...{ method: 'get', path: '/v1/executions/{id}/steps', tag, access: 'executions.read', summary: 'List steps' },
      params: idParams,
      query: z.strictObject({
        ...pageParams,
        nodeId: z.string().max(64).optional().describe('Only those of this node'),
        scope: z.string().max(1_024).optional().describe('`each[3]`; empty for the root'),
      }),
      answers: { 200: { description: 'A page, in the order of their starts', schema: pageOf(StepView) } },
      handle: async ({ principal, params, query }) => {
        const filter = { executionId: params.id, nodeId: query.nodeId, scope: query.scope };
        const bind = [principal.org, 'steps', params.id, query.nodeId ?? '', query.scope ?? '*'];
        const read = (page: Parameters<typeof listExecutions>[2]) => listSteps(app, principal, { ...page, ...filter });
        return { status: 200, body: await answerPage(cursors, query, bind, read, (item) => item) };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/executions/{id}/logs', tag, access: 'executions.read', summary: 'List log lines' },
      params: idParams,
      query: z.strictObject({
        ...pageParams,
        level: LogLevel.optional().describe('This level and above'),
        nodeId: z.string().max(64).optional().describe('Only those of this node'),
      }),
      answers: { 200: { description: 'A page, in the order of the steps', schema: pageOf(LogLineView) } },
      handle: async ({ principal, params, query }) => {
        const { nodeId, level } = query;
        const bind = [principal.org, 'logs', params.id, nodeId ?? '', level ?? ''];
        const read = (page: Parameters<typeof listExecutions>[2]) =>
          listLogs(app, principal, { ...page, executionId: params.id, nodeId, level });
        return { status: 200, body: await answerPage(cursors, query, bind, read, (item) => item) };
      },
    }),
  ];
}
