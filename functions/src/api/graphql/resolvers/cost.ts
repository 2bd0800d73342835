/** Budgets, spend and estimates. */
import { BudgetChoice } from '@automateos/shared/model/budget';
import { EstimateChoice } from '@automateos/shared/model/estimate';
import { readUsage } from '../../../app/admin/read-usage.ts';
import { deleteBudget, getBudget, putBudget } from '../../../app/cost/budgets.ts';
import { parsePart } from '../../http/route.ts';
import type {
  EstimateInput,
  EstimateResolvers,
  ExecutionCostResolvers,
  ExecutionPlanCostResolvers,
  MutationResolvers,
  QueryResolvers,
  RunCountsResolvers,
  UsageCountsResolvers,
} from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { orRefused } from '../refusal.ts';
import type { PlanCostSource } from '../sources.ts';

/** Throws INVALID_PARAMS with the path of what is out of bounds. */
export function estimateChoice(input: EstimateInput | null | undefined): EstimateChoice {
  const { assume, ...rest } = input ?? {};
  return parsePart(EstimateChoice, { ...given(rest), ...(assume == null ? {} : { assume: given(assume) }) }, 'body');
}

export const costQueries: QueryResolvers = {
  budget: (_, __, { app, principal }) => getBudget(app, principal, null),
  usage: async (_, range, { app, principal }) => {
    const { from, to, totals, days } = await readUsage(app, principal, given(range));
    const perDay = days.map(({ date, ...counts }) => ({ date, counts }));
    return { from, to, basis: app.pricing.basis, totals, days: perDay };
  },
};

export const costMutations: MutationResolvers = {
  setBudget: (_, { workflowId, input }, { app, principal }) =>
    orRefused(() => putBudget(app, principal, { ...parsePart(BudgetChoice, input, 'body'), workflowId: workflowId ?? null })),
  deleteBudget: (_, { workflowId }, { app, principal }) =>
    orRefused(async () => {
      await deleteBudget(app, principal, workflowId ?? null);
      return { id: workflowId ?? 'organization' };
    }),
};

const itemsOf = ({ items }: PlanCostSource) =>
  Object.entries(items).flatMap(([name, item]) => (item === undefined ? [] : [{ name, ...item }]));

export const executionCostFields: ExecutionCostResolvers & ExecutionPlanCostResolvers = { items: itemsOf };

export const usageCountsFields: UsageCountsResolvers = { timedOut: (counts) => counts['timed-out'] };
export const runCountsFields: RunCountsResolvers = { timedOut: (counts) => counts['timed-out'] };

export const estimateFields: EstimateResolvers = {
  microUsd: ({ perRun }) => perRun.microUsd,
  steps: ({ perRun }) => perRun.steps,
};
