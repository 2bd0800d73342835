/** Executions as the REST interface shows them, read leniently. */
import { ExecutionStatus } from '@automateos/shared/model/execution';
import { z } from 'zod';
import { AnyValue } from './any-value.ts';
import { Step } from './step.ts';

const ExecutionError = z.looseObject({
  code: z.string().default('FAILED'),
  message: z.string().default(''),
  nodeId: z.string().nullish(),
  scope: z.string().nullish(),
  details: AnyValue.optional(),
});

export const ExecutionCost = z.looseObject({
  microUsd: z.number().catch(0),
  basis: z.string().optional().catch(undefined),
  location: z.string().optional().catch(undefined),
  items: z
    .record(z.string(), z.looseObject({ quantity: z.number(), microUsd: z.number() }))
    .optional()
    .catch(undefined)
    .transform((items) => items ?? {}),
});
export type ExecutionCost = z.infer<typeof ExecutionCost>;

export const Execution = z.looseObject({
  id: z.string(),
  workflowId: z.string(),
  workflowName: z.string().nullish(),
  version: z.number().catch(0),
  status: ExecutionStatus.catch('running'),
  trigger: z
    .looseObject({ kind: z.string().optional(), nodeId: z.string().optional(), by: z.string().nullish() })
    .nullish()
    .catch(null),
  input: AnyValue.optional(),
  output: AnyValue.optional(),
  error: ExecutionError.nullish(),
  startedAt: z.string().nullish(),
  endedAt: z.string().nullish(),
  progress: z.looseObject({ done: z.number(), total: z.number() }).nullish().catch(null),
  cost: ExecutionCost.nullish().catch(null),
  /** A stop is under way: where it leads. */
  stopping: z.enum(['failed', 'cancelled', 'timed-out']).nullish().catch(null),
  forkedFrom: z
    .union([
      z.string().transform((executionId) => ({ executionId, nodeId: undefined })),
      z.looseObject({ executionId: z.string(), nodeId: z.string().optional() }),
    ])
    .nullish()
    .catch(null),
  generation: z.number().catch(1),
  steps: z.array(Step).optional().catch(undefined),
  stepsTruncated: z.boolean().optional(),
});
export type Execution = z.infer<typeof Execution>;

export const ExecutionPage = z.looseObject({ items: z.array(Execution), nextCursor: z.string().nullish() });
export const Started = z.looseObject({ id: z.string() });

export const LogLine = z.looseObject({
  at: z.string().nullish(),
  level: z.string().catch('info'),
  nodeId: z.string().nullish(),
  scope: z.string().nullish(),
  message: z.string().catch(''),
});
export type LogLine = z.infer<typeof LogLine>;
export const LogPage = z.looseObject({ items: z.array(LogLine), nextCursor: z.string().nullish() });

export function isOver(status: ExecutionStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled' || status === 'timed-out';
}
