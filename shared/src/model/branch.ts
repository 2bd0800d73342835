/**
 * A branch and its journal: the unit that one worker executes, fenced by the version of this one document.
 *
 *     queued -> running -> ended            every step done; its children or joins were written in the same commit
 *        ^        |  ^
 *        |        v  |
 *        +----- waiting                     timer, back-off, callback, approval, called execution
 *     running -> failed                     a step failed for good and nothing handled it
 *     queued | running | waiting -> stopped (the execution is being stopped)
 *     failed | stopped -> queued            retry
 *     running -> rolled                     the journal goes on in `{id}~{k + 1}`
 */
import { z } from 'zod';
import { StopTarget } from './execution.ts';
import { StepFailure } from './step-error.ts';
import { StoredValue } from './stored-value.ts';
import { Usage } from './usage.ts';

export const StepTry = z.object({
  attempt: z.int(),
  startedAt: z.string(),
  endedAt: z.string(),
  failure: StepFailure,
});

export const StepStatus = z.enum(['running', 'waiting', 'succeeded', 'failed', 'cancelled']);

/** One step in the journal. `generation` rises when a failed step is retried by a person; `attempt` by the retry policy. */
export const Step = z.object({
  node: z.string(),
  scope: z.string(),
  status: StepStatus,
  attempt: z.int(),
  generation: z.int(),
  startedAt: z.string(),
  /** Start of the current attempt, where it is not the first. */
  attemptedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** Port it left by; null = none (filter said no). */
  port: z.string().nullable().optional(),
  /** Params as resolved, secrets excluded. Stored with the started mark, so that a repeated attempt sends the same. */
  input: StoredValue.optional(),
  output: StoredValue.optional(),
  failure: StepFailure.optional(),
  /** Failed, but the error port, `onError: continue` or the item's collection took it. */
  handled: z.boolean().optional(),
  /** Paths of expressions that led nowhere and became null. */
  missing: z.array(z.string()).optional(),
  logs: z.array(z.string()).optional(),
  /** Instance time of its last attempt, from the started mark to the outcome: microseconds of one vCPU. */
  cpuUs: z.int().optional(),
  /** Earlier tries of this generation. */
  tries: z.array(StepTry).optional(),
  /** Failed as CRASHED: the letter that was written in the same commit. */
  deadLetter: z.string().optional(),
  /** `input` is what a person made of it for a redrive. It stays for later retries, too. */
  edited: z.object({ by: z.string(), at: z.string() }).optional(),
});
export type Step = z.infer<typeof Step>;

export const Position = z.object({
  scope: z.string(),
  /** A node id, or `$start`, `$end`, `$stop`. */
  node: z.string(),
});
export type Position = z.infer<typeof Position>;

export const BranchWait = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('timer'), wakeAt: z.string() }),
  z.object({ kind: z.literal('retry'), wakeAt: z.string() }),
  z.object({ kind: z.literal('callback'), token: z.string(), wakeAt: z.string().nullable() }),
  z.object({ kind: z.literal('approval'), token: z.string(), wakeAt: z.string().nullable() }),
  z.object({ kind: z.literal('call'), executionId: z.string(), wakeAt: z.string().nullable() }),
  /** `times`: how often its timer has come due and found branches still live. */
  z.object({ kind: z.literal('stop'), wakeAt: z.string(), times: z.int().optional() }),
]);
export type BranchWait = z.infer<typeof BranchWait>;

/** What the outside said to a waiting branch. */
export const WaitAnswer = z.object({
  port: z.string(),
  output: StoredValue,
  failure: StepFailure.optional(),
});
export type WaitAnswer = z.infer<typeof WaitAnswer>;

export const Lane = z.object({
  /** The for-each or while, and the scope it was entered in. */
  node: z.string(),
  scope: z.string(),
  lane: z.int(),
  pack: z.int(),
  /** Items of the pack: from <= item < to. */
  from: z.int(),
  to: z.int(),
  item: z.int(),
});
export type Lane = z.infer<typeof Lane>;

export const StopState = z.object({
  to: StopTarget,
  phase: z.enum(['halt', 'compensate', 'finish']),
  /** Steps to undo, in order; filled when every branch has come to rest. */
  undo: z.array(z.object({ node: z.string(), scope: z.string(), of: z.string() })),
});

export const BranchStatus = z.enum(['queued', 'running', 'waiting', 'ended', 'failed', 'stopped', 'rolled']);
export type BranchStatus = z.infer<typeof BranchStatus>;

export const Branch = z.object({
  id: z.string(),
  org: z.string(),
  executionId: z.string(),
  scope: z.string(),
  /** First node of its region: with `scope` it makes the id. */
  first: z.string(),
  /** Continuation index: 0, then 1, 2, ... as the journal rolls over. */
  k: z.int(),
  status: BranchStatus,
  rev: z.int(),
  pool: z.enum(['branches', 'branches-ai', 'branches-heavy']),
  at: Position.nullable(),
  claim: z.object({ id: z.string(), n: z.int(), leaseUntil: z.string() }).nullable(),
  /** Leases that ended without progress, one after the other. */
  crashes: z.int(),
  due: z.string().nullable(),
  /** How often the sweep announced it. */
  announced: z.int(),
  steps: z.array(Step),
  /** Arrivals at local joins: node -> edge -> 1 taken, 0 skipped. */
  local: z.record(z.string(), z.record(z.string(), z.int())),
  lane: Lane.nullable(),
  wait: BranchWait.nullable(),
  answer: WaitAnswer.nullable(),
  stop: StopTarget.nullable(),
  hold: z.boolean(),
  stopState: StopState.nullable(),
  createdAt: z.string(),
  /** `{org}/{instant}`: when it last began to wait, or stopped waiting. Absent while it never has. */
  turned: z.string().optional(),
  /** Used up to and with the commit that wrote this. Each part of a chain has its own. */
  usage: Usage.optional(),
});
export type Branch = z.infer<typeof Branch>;
