/** How much may be spent in a calendar month (UTC), by one workflow or by the whole organization. */
import { z } from 'zod';
import { CostBasis } from './cost-view.ts';

export const BudgetChoice = z.strictObject({
  monthlyMicroUsd: z.int().min(0).max(1_000_000_000_000_000).describe('1,000,000 is one US dollar'),
  onExceeded: z.enum(['warn', 'stop']).describe('warn logs and shows it; stop refuses new starts, and what runs goes on'),
});
export type BudgetChoice = z.infer<typeof BudgetChoice>;

export const Budget = z.object({
  ...BudgetChoice.shape,
  /** `organization`, or the id of a workflow. */
  scope: z.string(),
  updatedAt: z.string(),
  updatedBy: z.string(),
});
export type Budget = z.infer<typeof Budget>;

export const BudgetView = z
  .object({
    scope: z.string(),
    /** `2026-11` */
    month: z.string(),
    /** Operations and compute, not storage. Sampled: in steps of a cent, finer where the budget is small. */
    spentMicroUsd: z.int(),
    basis: CostBasis,
    budget: Budget.nullable(),
    exceeded: z.boolean(),
  })
  .meta({ id: 'Budget' });
export type BudgetView = z.infer<typeof BudgetView>;
