/** Approvals: answers of people that executions wait for. */
import type { ApprovalView } from '@automateos/shared/model/approval-view';
import { checkFormData, getApproval, listApprovals } from '../../../app/approvals/list-approvals.ts';
import { presentApproval } from '../../../app/approvals/present-approval.ts';
import { decideApproval } from '../../../app/engine/answer-wait.ts';
import { Decision } from '../../rest/approvals.ts';
import { connect } from '../connection.ts';
import type { ApprovalResolvers, DecisionInput, MutationResolvers, QueryResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import type { GraphqlContext } from '../graphql-context.ts';
import { parseInput } from '../inputs.ts';
import { orNull, orRefused } from '../refusal.ts';
import { executionOf } from './execution.ts';
import { workflowOf } from './workflow.ts';

export const approvalQueries: QueryResolvers = {
  approval: (_, { id }, { app, principal }) => orNull(async () => presentApproval(await getApproval(app, principal, id))),
  approvals: (_, { status, ...page }, context) => {
    const { app, principal } = context;
    return connect(context, page, {
      bind: ['approvals', status ?? ''],
      read: (request) => listApprovals(app, principal, { ...request, ...given({ status }) }),
      present: presentApproval,
    });
  },
};

async function decide({ app, principal, loaders }: GraphqlContext, id: string, input: DecisionInput): Promise<ApprovalView> {
  const answer = parseInput(Decision, given(input));
  const approval = await getApproval(app, principal, id);
  if (answer.decision === 'approve' && approval.status === 'pending') checkFormData(approval, answer.data ?? null);
  const decided = await decideApproval(app, principal, id, answer);
  for (const loader of [loaders.stored, loaders.execution, loaders.details]) loader.clear(decided.executionId);
  return presentApproval(decided);
}

export const approvalMutations: MutationResolvers = {
  decideApproval: (_, { id, input }, context) => orRefused(() => decide(context, id, input)),
};

export const approvalFields: ApprovalResolvers = {
  execution: ({ executionId }, _, context) => executionOf(context, executionId),
  workflow: ({ workflowId }, _, context) => workflowOf(context, workflowId),
};
