/**
 * One run of a version of a workflow. Statuses stored here cost nothing: `running` from creation (`queued` only while a limit holds it
 * back); waiting and paused are derived on read. Whatever changes `status`, `stopping` or `paused` carries the document's version.
 */
import { z } from 'zod';
import { Json } from './json.ts';
import { StoredValue } from './stored-value.ts';

export const TerminalStatus = z.enum(['succeeded', 'failed', 'cancelled', 'timed-out']);
export type TerminalStatus = z.infer<typeof TerminalStatus>;

export const StoredStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'timed-out']);
export type StoredStatus = z.infer<typeof StoredStatus>;

/** What clients see. */
export const ExecutionStatus = z.enum([
  'queued',
  'running',
  'waiting',
  'paused',
  'succeeded',
  'failed',
  'cancelled',
  'timed-out',
]);
export type ExecutionStatus = z.infer<typeof ExecutionStatus>;

export const StopTarget = z.enum(['failed', 'cancelled', 'timed-out']);
export type StopTarget = z.infer<typeof StopTarget>;

export const ExecutionError = z.object({
  code: z.string(),
  message: z.string(),
  nodeId: z.string().optional(),
  scope: z.string().optional(),
  details: Json.optional(),
});
export type ExecutionError = z.infer<typeof ExecutionError>;

export const ExecutionTrigger = z.object({
  kind: z.enum(['webhook', 'schedule', 'manual', 'event', 'error', 'call', 'fork']),
  nodeId: z.string(),
  /** Webhook respond mode, where the caller waits for more than the start. */
  respond: z.enum(['immediately', 'lastNode', 'node']).optional(),
  deliveryId: z.string().optional(),
  scheduledAt: z.string().optional(),
  test: z.boolean().optional(),
  by: z.string().optional(),
});
export type ExecutionTrigger = z.infer<typeof ExecutionTrigger>;

export const WebhookResponse = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: StoredValue,
});
export type WebhookResponse = z.infer<typeof WebhookResponse>;

export const Execution = z.object({
  id: z.string(),
  org: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  version: z.int(),
  status: StoredStatus,
  /** A stop is under way: the stop branch `stop.{generation}` brings the execution to `to`. */
  stopping: z.object({ to: StopTarget, at: z.string(), by: z.string().optional(), error: ExecutionError.optional() }).nullable(),
  paused: z.boolean(),
  /** 1, and one more with each retry. */
  generation: z.int(),
  trigger: ExecutionTrigger,
  input: StoredValue,
  output: StoredValue.nullable(),
  error: ExecutionError.nullable(),
  /** flow.respond's answer. */
  response: WebhookResponse.nullable(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  deadlineAt: z.string().nullable(),
  /** `{shard}:{instant}` at which the sweep must look at it (deadline); null when nothing is due. */
  due: z.string().nullable(),
  /** When this document was last written for what clients see of it: live streams go on from there. Absent in older ones. */
  updatedAt: z.string().optional(),
  /** Instant after which retention may delete it. */
  expiresAt: z.string().nullable(),
  /** Random secret from which callback tokens and approval ids are derived. Never leaves the server. */
  seed: z.string(),
  forkedFrom: z.object({ executionId: z.string(), nodeId: z.string() }).nullable(),
  /** The branch that called it (flow.call), and waits for it or not. */
  parent: z.object({ executionId: z.string(), branchId: z.string(), nodeId: z.string(), wait: z.boolean() }).nullable(),
  /** Nesting of calls and of error workflows; bounded. */
  depth: z.int(),
  /** Number of seed documents (fork). */
  seeds: z.int(),
  /** Compensations ran: a retry would undo nothing twice, so it is refused. */
  compensated: z.boolean(),
  /** How finely its spend is recorded, in micro-dollars, where a small budget watches it (app/cost/spend.ts). */
  spendUnit: z.union([z.literal(10), z.literal(1_000)]).optional(),
  /** Holds a slot of settings.maxConcurrent. */
  slot: z.boolean(),
  /** W3C traceparent of what started it: all its branches are spans of that trace. Absent where nothing traced. */
  trace: z.string().optional(),
});
export type Execution = z.infer<typeof Execution>;

export function isTerminal(status: StoredStatus): status is TerminalStatus {
  return status !== 'queued' && status !== 'running';
}
