/** What a run of a workflow is likely to cost, before it starts. */
import { z } from 'zod';
import { CostBreakdown } from './cost-view.ts';

export const EstimateChoice = z.strictObject({
  input: z.unknown().optional().describe('Lists in it give the lengths of the loops that go through them'),
  version: z.int().min(1).optional().describe('The active version, else the newest, when absent'),
  triggerId: z.string().min(1).max(64).optional(),
  runsPerMonth: z.int().min(1).max(10_000_000_000).optional(),
  assume: z
    .strictObject({
      items: z.int().min(0).max(100_000).optional().describe('Of a for-each whose list the input does not give; 10 when absent'),
      rounds: z.int().min(0).max(100_000).optional().describe('Of a while; 10 when absent'),
      stepMs: z
        .number()
        .min(0)
        .max(3_600_000)
        .optional()
        .describe('Instance time of a step that touches the world; 7 when absent'),
    })
    .optional(),
});
export type EstimateChoice = z.infer<typeof EstimateChoice>;

const Percentiles = z.object({ p50: z.int(), p90: z.int(), p99: z.int() });

export const EstimateView = z
  .object({
    workflowId: z.string(),
    version: z.int(),
    /** `history` where enough executions of this version have ended, else `plan`. */
    basis: z.enum(['plan', 'history']),
    perRun: z.object({ microUsd: Percentiles, steps: Percentiles }),
    /** By the plan, item by item. */
    plan: CostBreakdown.extend({ steps: z.int() }),
    /** How many executions the percentiles are of; 0 where there were too few to tell. */
    executions: z.int(),
    /** At the mean of a run. */
    perMonth: z.object({ runs: z.int(), microUsd: z.int() }).nullable(),
    assumptions: z.array(z.string()),
  })
  .meta({ id: 'Estimate' });
export type EstimateView = z.infer<typeof EstimateView>;
