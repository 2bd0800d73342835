/** Approvals, and callbacks: answers that executions wait for. */
import { ApprovalView } from '@automateos/shared/model/approval-view';
import { Approval } from '@automateos/shared/model/wait';
import { z } from 'zod';
import { checkFormData, getApproval, listApprovals } from '../../app/approvals/list-approvals.ts';
import { presentApproval } from '../../app/approvals/present-approval.ts';
import { answerCallback, decideApproval } from '../../app/engine/answer-wait.ts';
import { answerPage } from '../http/cursor.ts';
import { idParams, pageOf, pageParams } from '../http/query-params.ts';
import { publicRoute, type Route, route } from '../http/route.ts';
import { anyJson } from './definition-body.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Approvals';

export const Decision = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  comment: z.string().max(10_000).optional(),
  data: anyJson.optional().describe('What the form asks for'),
});

export function approvalRoutes({ app, cursors }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/approvals', tag, access: 'approvals.read', summary: 'List approvals, newest first' },
      query: z.strictObject({ ...pageParams, status: Approval.shape.status.optional().describe('Only those that stand so') }),
      answers: { 200: { description: 'A page', schema: pageOf(ApprovalView) } },
      handle: async ({ principal, query }) => {
        const { status } = query;
        const read = (page: Parameters<typeof listApprovals>[2]) => listApprovals(app, principal, { ...page, status });
        const bind = [principal.org, 'approvals', status ?? ''];
        return { status: 200, body: await answerPage(cursors, query, bind, read, presentApproval) };
      },
    }),
    route({
      ...{ method: 'get', path: '/v1/approvals/{id}', tag, access: 'approvals.read', summary: 'Read an approval' },
      params: idParams,
      answers: { 200: { description: 'The approval', schema: ApprovalView } },
      handle: async ({ principal, params }) => ({
        status: 200,
        body: presentApproval(await getApproval(app, principal, params.id)),
      }),
    }),
    route({
      ...{ method: 'post', path: '/v1/approvals/{id}', tag, access: 'approvals.decide', summary: 'Decide, once' },
      params: idParams,
      body: Decision,
      answers: { 200: { description: 'Decided; the execution goes on', schema: ApprovalView } },
      problems: ['ALREADY_DECIDED'],
      handle: async ({ principal, params, body }) => {
        const approval = await getApproval(app, principal, params.id);
        if (body.decision === 'approve' && approval.status === 'pending') checkFormData(approval, body.data ?? null);
        const decided = await decideApproval(app, principal, params.id, body);
        return { status: 200, body: presentApproval(decided) };
      },
    }),
    publicRoute({
      ...{ method: 'post', path: '/v1/callbacks/{token}', tag, summary: 'Answer a step that waits for a callback' },
      description: 'The token is the secret: whoever has the address may answer, once.',
      params: z.object({ token: z.string() }),
      body: anyJson,
      bodyOptional: true,
      answers: {
        202: { description: 'The step goes on with the body as its output', schema: z.object({ executionId: z.string() }) },
      },
      problems: ['CONFLICT'],
      handle: async ({ params, body }) => ({ status: 202, body: await answerCallback(app, params.token, body) }),
    }),
  ];
}
