/**
 * Steps as the REST interface shows them, read leniently: additions are free, and an answer that lacks an optional part is still shown.
 * Scope '' is the workflow itself; `each[3]` is item 3 of the for-each `each`, nested ones are joined by ':'.
 */

import { StepFailure } from '@automateos/shared/model/step-error';
import { z } from 'zod';
import { AnyValue } from './any-value.ts';

export const stepStatuses = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled'] as const;
export const StepStatus = z.enum(stepStatuses);
export type StepStatus = z.infer<typeof StepStatus>;

const Failure = z.looseObject({
  code: z.string().default('STEP_FAILED'),
  message: z.string().default(''),
  class: StepFailure.shape.class.catch('other'),
  retryable: z.boolean().optional(),
  details: AnyValue.optional(),
});
export type Failure = z.infer<typeof Failure>;

export const StepTry = z.looseObject({
  attempt: z.number(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  error: Failure.nullish(),
  failure: Failure.nullish(),
});

export const Step = z.looseObject({
  nodeId: z.string(),
  scope: z
    .string()
    .nullish()
    .transform((scope) => scope ?? ''),
  status: StepStatus.catch('running'),
  attempt: z.number().catch(1),
  generation: z.number().catch(1),
  startedAt: z.string().nullish(),
  /** Start of the current attempt. */
  attemptedAt: z.string().nullish(),
  endedAt: z.string().nullish(),
  /** Port it left by. */
  port: z.string().nullish(),
  input: AnyValue.optional(),
  output: AnyValue.optional(),
  error: Failure.nullish(),
  handled: z.boolean().optional(),
  missing: z.array(z.string()).optional().catch(undefined),
  logs: z
    .array(z.union([z.string(), z.looseObject({ message: z.string() }).transform((line) => line.message)]))
    .optional()
    .catch(undefined),
  tries: z.array(StepTry).optional().catch(undefined),
  attempts: z.array(StepTry).optional().catch(undefined),
  wakeAt: z.string().nullish(),
  /** Of a step that was given up on. */
  deadLetter: z.string().nullish().catch(null),
  /** Somebody changed its input for a redrive. */
  edited: z.looseObject({ by: z.string(), at: z.string() }).nullish().catch(null),
  /** Of a loop: how far its items are. */
  items: z.looseObject({ done: z.number(), failed: z.number(), total: z.number() }).nullish().catch(null),
  /** A value was too large for the answer; the step asked for alone has it. */
  truncated: z.boolean().optional().catch(undefined),
  cost: z
    .looseObject({ microUsd: z.number().catch(0) })
    .nullish()
    .catch(null),
});
export type Step = z.infer<typeof Step>;

export const StepPage = z.looseObject({ items: z.array(Step), nextCursor: z.string().nullish() });
