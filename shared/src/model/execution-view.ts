/** Executions and steps as clients see them (REST, live events, console, CLI): values resolved, statuses derived. */
import { z } from 'zod';
import { CostBreakdown } from './cost-view.ts';
import { ExecutionError, ExecutionStatus, ExecutionTrigger } from './execution.ts';
import { StepErrorClass } from './step-error.ts';

/** Of a step: its own commits and its instance time, which is what can be told apart. */
export const Cost = z.object({ microUsd: z.int() });

export const StepViewStatus = z.enum(['queued', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled']);
export type StepViewStatus = z.infer<typeof StepViewStatus>;

export const StepFailureView = z.object({
  code: z.string(),
  message: z.string(),
  class: StepErrorClass,
  retryable: z.boolean(),
  details: z.unknown().optional(),
});

export const StepTryView = z.object({
  attempt: z.int(),
  startedAt: z.string(),
  endedAt: z.string(),
  error: StepFailureView,
});

export const StepView = z
  .object({
    nodeId: z.string(),
    type: z.string(),
    label: z.string().nullable(),
    /** '' at the root, `each[3]` in the fourth item of the for-each `each`, `outer[0]:inner[2]` when nested. */
    scope: z.string(),
    status: StepViewStatus,
    attempt: z.int(),
    generation: z.int(),
    startedAt: z.string().nullable(),
    attemptedAt: z.string().nullable().describe('Start of the current attempt; the same as startedAt for the first'),
    endedAt: z.string().nullable(),
    /** When a waiting step goes on by itself; null where only an answer ends the wait. */
    wakeAt: z.string().nullable(),
    /** Port it left by; null while it has not, or where nothing follows. */
    port: z.string().nullable(),
    input: z.unknown(),
    output: z.unknown(),
    error: StepFailureView.nullable(),
    /** The failure was taken by the error port, `onError: continue` or the item's collection. */
    handled: z.boolean(),
    cost: Cost,
    /** Earlier tries of this generation. */
    tries: z.array(StepTryView),
    logs: z.array(z.string()),
    /** Paths of expressions that led nowhere and became null. */
    missing: z.array(z.string()),
    /** Of a for-each: how far its items are. */
    items: z.object({ done: z.int(), failed: z.int(), total: z.int() }).nullable(),
    deadLetter: z.string().optional().describe('Id of the dead letter of a step that failed as CRASHED'),
    edited: z
      .object({ by: z.string(), at: z.string() })
      .optional()
      .describe('Its input was changed for a redrive: by whom, when'),
    /** Input or output was too large for this answer and is null; the steps list with nodeId and scope has it. */
    truncated: z.boolean(),
  })
  .meta({ id: 'Step' });
export type StepView = z.infer<typeof StepView>;

export const ExecutionSummaryView = z
  .object({
    id: z.string(),
    workflowId: z.string(),
    workflowName: z.string(),
    /** 0 for a run of the draft. */
    version: z.int(),
    status: ExecutionStatus,
    /** A stop is under way: where it leads. */
    stopping: z.enum(['failed', 'cancelled', 'timed-out']).nullable(),
    trigger: ExecutionTrigger,
    error: ExecutionError.nullable(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    forkedFrom: z.object({ executionId: z.string(), nodeId: z.string() }).nullable(),
    /** 1, and one more with each retry. */
    generation: z.int(),
  })
  .meta({ id: 'ExecutionSummary' });
export type ExecutionSummaryView = z.infer<typeof ExecutionSummaryView>;

export const ExecutionView = ExecutionSummaryView.extend({
  input: z.unknown(),
  output: z.unknown(),
  deadlineAt: z.string().nullable(),
  parent: z.object({ executionId: z.string(), nodeId: z.string() }).nullable(),
  progress: z.object({ done: z.int(), total: z.int() }),
  /** So far. Looking at it is not in it. */
  cost: CostBreakdown.extend({ steps: z.int(), attempts: z.int() }),
  steps: z.array(StepView),
  /** More steps than an answer takes: the steps list has them all. */
  stepsTruncated: z.boolean(),
  traceId: z.string().nullable().describe('Of its trace in the collector; null where nothing traced when it started'),
  deadLetters: z.array(z.string()).optional().describe('Ids, at most 100, of the dead letters of its steps as they stand now'),
}).meta({ id: 'Execution' });
export type ExecutionView = z.infer<typeof ExecutionView>;

export const LogLevel = z.enum(['debug', 'info', 'warn', 'error']);
export type LogLevel = z.infer<typeof LogLevel>;

export const LogLineView = z
  .object({ at: z.string(), level: LogLevel, message: z.string(), nodeId: z.string(), scope: z.string(), attempt: z.int() })
  .meta({ id: 'LogLine' });
export type LogLineView = z.infer<typeof LogLineView>;
