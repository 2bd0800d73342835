/** Approvals as the REST interface shows them, read leniently. */
import { Approval as StoredApproval } from '@automateos/shared/model/wait';
import { z } from 'zod';
import { AnyValue } from './any-value.ts';

export const Approval = z.looseObject({
  id: z.string(),
  status: StoredApproval.shape.status.catch('closed'),
  title: z.string(),
  description: z.string().nullish(),
  assignees: z.array(z.string()).catch([]),
  /** JSON Schema of what the approver fills in. */
  form: AnyValue.optional(),
  executionId: z.string(),
  workflowName: z.string().catch(''),
  nodeId: z.string().catch(''),
  scope: z.string().catch(''),
  createdAt: z.string(),
  expiresAt: z.string().nullish(),
  decidedAt: z.string().nullish(),
  decidedBy: z.string().nullish(),
  comment: z.string().nullish(),
  data: AnyValue.optional(),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalPage = z.looseObject({ items: z.array(Approval), nextCursor: z.string().nullish() });
