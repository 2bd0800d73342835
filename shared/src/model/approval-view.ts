/** Approvals as clients see them (REST, live events, GraphQL, console). */
import { z } from 'zod';
import { Approval } from './wait.ts';

export const ApprovalView = z
  .object({
    id: z.string(),
    status: Approval.shape.status,
    title: z.string(),
    description: z.string().nullable(),
    assignees: z.array(z.string()),
    form: z.unknown().describe('JSON Schema of `data`; null without a form'),
    ...{ executionId: z.string(), workflowId: z.string(), workflowName: z.string(), nodeId: z.string(), scope: z.string() },
    ...{ createdAt: z.string(), expiresAt: z.string().nullable() },
    ...{ decidedAt: z.string().nullable(), decidedBy: z.string().nullable(), comment: z.string().nullable() },
    data: z.unknown(),
  })
  .meta({ id: 'Approval' });
export type ApprovalView = z.infer<typeof ApprovalView>;
