/**
 * What was given up on: a step whose worker ended again and again while it ran, or a message that a queue stopped delivering.
 *
 *     open -> redriven    by a person, by a retry of the execution, or at once where the message's branch was still due
 *     open -> discarded   by a person, or at once where a message was for a branch that had nothing left to do
 */
import { z } from 'zod';
import { ExecutionSummaryView, StepView } from './execution-view.ts';

export const DeadLetterStatus = z.enum(['open', 'redriven', 'discarded']);
export type DeadLetterStatus = z.infer<typeof DeadLetterStatus>;

export const DeadLetterKind = z.enum(['step', 'message']);
export type DeadLetterKind = z.infer<typeof DeadLetterKind>;

/**
 * CRASHED is of a step, the others are of messages: the branch is known; no such execution or branch is; the message is none of ours; an
 * event that could not be routed.
 */
export const DeadLetterReason = z.enum(['CRASHED', 'UNDELIVERED', 'UNKNOWN_BRANCH', 'UNREADABLE_MESSAGE', 'EVENT_UNDELIVERED']);
export type DeadLetterReason = z.infer<typeof DeadLetterReason>;

/** A message as the queue gave it up. What it says is a claim of whoever sent it. */
export const DeadDelivery = z.object({
  subscription: z.string(),
  messageId: z.string(),
  /** Deliveries that the queue counted; null where it did not say. */
  attempts: z.int().nullable(),
  publishTime: z.string().nullable(),
  attributes: z.record(z.string(), z.string()),
  bytes: z.int().describe('Size of its data'),
  data: z.string().nullable().describe('Base64; null in lists'),
});
export type DeadDelivery = z.infer<typeof DeadDelivery>;

const whoAndWhen = {
  redrivenAt: z.string().optional(),
  redrivenBy: z.string().optional().describe('`system` where nobody had to do it'),
  /** Names of the params that were changed for the redrive. */
  editedParams: z.array(z.string()).optional(),
  discardedAt: z.string().optional(),
  discardedBy: z.string().optional().describe('`system` where nobody had to do it'),
  discardReason: z.string().optional(),
};

/** As stored. Letters of the first release had no kind: all were of steps. */
export const DeadLetter = z.object({
  id: z.string(),
  kind: DeadLetterKind.default('step'),
  status: DeadLetterStatus,
  reason: z.string(),
  message: z.string(),
  /** null for a message that belongs to no execution that is there. */
  executionId: z.string().nullable(),
  workflowId: z.string().nullable(),
  workflowName: z.string().nullable().default(null),
  branchId: z.string().nullable().default(null),
  nodeId: z.string().nullable(),
  /** What the definition calls the step, if it has a name. */
  nodeLabel: z.string().nullable().default(null),
  scope: z.string().nullable(),
  /** Of the step that crashed. */
  generation: z.int().nullable().default(null),
  createdAt: z.string(),
  ...whoAndWhen,
  delivery: DeadDelivery.omit({ data: true })
    .extend({ data: z.union([z.object({ base64: z.string() }), z.object({ blob: z.string() })]) })
    .nullable()
    .default(null),
  /** Of messages: when retention takes it, also if no execution does. */
  expiresAt: z.string().optional(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;

/** As clients see it in lists. */
export const DeadLetterView = DeadLetter.omit({ expiresAt: true, branchId: true })
  .extend({ kind: DeadLetterKind, reason: DeadLetterReason.or(z.string()), delivery: DeadDelivery.nullable() })
  .meta({ id: 'DeadLetter' });
export type DeadLetterView = z.infer<typeof DeadLetterView>;

/** With all that a person needs to decide what becomes of it. */
export const DeadLetterDetail = DeadLetterView.extend({
  execution: ExecutionSummaryView.nullable().describe('null where there is none any more'),
  step: StepView.nullable().describe('The step as it stands now; its input is what it was last tried with'),
  redrive: z.object({
    possible: z.boolean(),
    /** Why it is not. */
    reason: z.string().nullable(),
    /** Whether `input` may be sent along. */
    editable: z.boolean(),
  }),
}).meta({ id: 'DeadLetterDetail' });
export type DeadLetterDetail = z.infer<typeof DeadLetterDetail>;
