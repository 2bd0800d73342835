/** An answer expected from outside. Whoever writes second (the wait or the answer) sees the first. */
import { z } from 'zod';
import { WaitAnswer } from './branch.ts';
import { Json } from './json.ts';

const base = {
  id: z.string(),
  org: z.string(),
  executionId: z.string(),
  nodeId: z.string(),
  scope: z.string(),
  /** null while only the answer is there (it came before the wait). */
  branchId: z.string().nullable(),
  createdAt: z.string(),
  answer: WaitAnswer.nullable(),
};

export const CallbackWait = z.object({
  ...base,
  kind: z.literal('callback'),
  status: z.enum(['pending', 'answered', 'timed-out', 'closed']),
});
export type CallbackWait = z.infer<typeof CallbackWait>;

export const Approval = z.object({
  ...base,
  kind: z.literal('approval'),
  status: z.enum(['pending', 'approved', 'rejected', 'timed-out', 'closed']),
  workflowId: z.string(),
  workflowName: z.string(),
  title: z.string(),
  description: z.string().optional(),
  assignees: z.array(z.string()),
  form: Json.optional(),
  expiresAt: z.string().nullable(),
  decidedAt: z.string().nullable(),
  decidedBy: z.string().nullable(),
  comment: z.string().nullable(),
  data: Json,
  /** When its status changed last: live streams go on from there. Absent in older ones. */
  updatedAt: z.string().optional(),
});
export type Approval = z.infer<typeof Approval>;
