/** Budgets of the organization and of single workflows, and what was spent this month. */
import { BudgetChoice, BudgetView } from '@automateos/shared/model/budget';
import type { Principal } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { deleteBudget, getBudget, putBudget } from '../../app/cost/budgets.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Cost';
const description = [
  'Spend is what executions have used of operations and compute, at list prices, in the calendar month (UTC). Where nothing is billed',
  '(`basis: cloud-estimate`) it is what the cloud would have charged. With `stop`, starts are refused as BUDGET_EXCEEDED within a minute',
  'of the last cent; what runs goes on.',
].join(' ');

export function budgetRoutes({ app }: RestContext): readonly Route[] {
  const read = async (principal: Principal, id: string | null) =>
    ({ status: 200, body: await getBudget(app, principal, id) }) as const;
  const write = async (principal: Principal, id: string | null, body: BudgetChoice) =>
    ({ status: 200, body: await putBudget(app, principal, { ...body, workflowId: id }) }) as const;
  const remove = async (principal: Principal, id: string | null) => {
    await deleteBudget(app, principal, id);
    return { status: 204 } as const;
  };
  const answers = { 200: { description: 'With or without a budget', schema: BudgetView } };
  const gone = { 204: { description: 'There is no budget any more' } };
  const none = z.object({});
  const ofOrg = { path: '/v1/budget', tag, params: none } as const;
  const ofWorkflow = { path: '/v1/workflows/{id}/budget', tag, params: idParams } as const;
  return [
    route({
      ...{ ...ofOrg, method: 'get', access: 'usage.read', summary: "The organization's budget and spend", description, answers },
      handle: ({ principal }) => read(principal, null),
    }),
    route({
      ...{
        ...ofOrg,
        method: 'put',
        access: 'budgets.write',
        summary: "Set the organization's budget",
        body: BudgetChoice,
        answers,
      },
      handle: ({ principal, body }) => write(principal, null, body),
    }),
    route({
      ...{ ...ofOrg, method: 'delete', access: 'budgets.write', summary: "Take the organization's budget away", answers: gone },
      handle: ({ principal }) => remove(principal, null),
    }),
    route({
      ...{ ...ofWorkflow, method: 'get', access: 'usage.read', summary: "A workflow's budget and spend", description, answers },
      handle: ({ principal, params }) => read(principal, params.id),
    }),
    route({
      ...{
        ...ofWorkflow,
        method: 'put',
        access: 'budgets.write',
        summary: "Set a workflow's budget",
        body: BudgetChoice,
        answers,
      },
      handle: ({ principal, params, body }) => write(principal, params.id, body),
    }),
    route({
      ...{ ...ofWorkflow, method: 'delete', access: 'budgets.write', summary: "Take a workflow's budget away", answers: gone },
      handle: ({ principal, params }) => remove(principal, params.id),
    }),
  ];
}
