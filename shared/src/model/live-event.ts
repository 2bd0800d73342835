/**
 * What live streams tell, the same over server-sent events, WebSocket and GraphQL subscriptions. Each event comes with an id of its stream:
 * whoever comes back with the last one it saw misses nothing and is told nothing twice. Several changes of one thing may arrive as one
 * event; the newest state always arrives.
 */
import { z } from 'zod';
import { ApprovalView } from './approval-view.ts';
import { CostBreakdown } from './cost-view.ts';
import { ExecutionSummaryView, LogLineView, StepView } from './execution-view.ts';

export const ExecutionChanged = z.object({
  type: z.literal('execution'),
  execution: ExecutionSummaryView.extend({
    cost: CostBreakdown.optional().describe('In the stream of one execution; not in that of all'),
  }),
});

export const StepChanged = z.object({ type: z.literal('step'), step: StepView });

export const LogLineWritten = z.object({ type: z.literal('log'), log: LogLineView });

/** A piece of a model's answer as it is made. Pieces are not stored: whoever was away reads the answer from the step. */
export const TokenDelta = z.object({
  type: z.literal('token'),
  token: z.object({
    ...{ executionId: z.string(), nodeId: z.string(), scope: z.string(), generation: z.int(), attempt: z.int() },
    index: z.int().describe('Of the piece within the attempt, from 0'),
    delta: z.string(),
  }),
});

export const ApprovalChanged = z.object({ type: z.literal('approval'), approval: ApprovalView });

export const WorkflowChanged = z.object({
  type: z.literal('workflow'),
  workflow: z.object({
    ...{ id: z.string(), name: z.string(), latestVersion: z.int(), activeVersion: z.int().nullable() },
    ...{ active: z.boolean(), updatedAt: z.string() },
    deleted: z.boolean(),
  }),
});

export const LiveEvent = z
  .discriminatedUnion('type', [ExecutionChanged, StepChanged, LogLineWritten, TokenDelta, ApprovalChanged, WorkflowChanged])
  .meta({ id: 'LiveEvent' });
export type LiveEvent = z.infer<typeof LiveEvent>;

/** An event with its id: what to say to go on behind it. Opaque, at most 16 KiB. */
export type LiveItem = { readonly id: string; readonly event: LiveEvent };

/** Why a stream ended that has not come to its end. */
export const StreamEnd = z.object({ code: z.string(), detail: z.string() }).meta({ id: 'StreamEnd' });
export type StreamEnd = z.infer<typeof StreamEnd>;
