/** An approval as clients see it: without what only the engine needs. */
import type { ApprovalView } from '@automateos/shared/model/approval-view';
import type { Approval } from '@automateos/shared/model/wait';

export function presentApproval(approval: Approval): ApprovalView {
  const { id, status, title, description, assignees, form, executionId, workflowId, workflowName, nodeId, scope } = approval;
  const { createdAt, expiresAt, decidedAt, decidedBy, comment, data } = approval;
  return {
    ...{ id, status, title, description: description ?? null, assignees, form: form ?? null },
    ...{ executionId, workflowId, workflowName, nodeId, scope },
    ...{ createdAt, expiresAt, decidedAt, decidedBy, comment, data },
  };
}
