/** Budgets of the organization and of single workflows, and what was spent this month. */
import { type Budget, BudgetChoice, BudgetView } from '@automateos/shared/model/budget';
import type { Principal } from '@automateos/shared/model/principal';
import { z } from 'zod';
import { deleteBudget, getBudget, putBudget } from '../../app/cost/budgets.ts';
import { conditional, contentEtag, ifMatchContent, unchanged, unchangedAnswer } from '../http/etag.ts';
import { idParams } from '../http/query-params.ts';
import { type Answer, type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const tag = 'Cost';
const description = [
  'Spend is what executions have used of operations and compute, at list prices, in the calendar month (UTC). Where nothing is billed',
  '(`basis: cloud-estimate`) it is what the cloud would have charged. With `stop`, starts are refused as BUDGET_EXCEEDED within a minute',
  'of the last cent; what runs goes on.',
].join(' ');

const asWritten = (budget: Budget | null): object => budget ?? {};

/** What is spent moves by itself: writers are held to the budget alone. */
function budgetEtag({ budget, ...moving }: BudgetView): string {
  return contentEtag(asWritten(budget), moving);
}

export function budgetRoutes({ app }: RestContext): readonly Route[] {
  const answer = (view: BudgetView): Answer => ({ status: 200, headers: { etag: budgetEtag(view) }, body: view });
  const read = async (principal: Principal, id: string | null) => answer(await getBudget(app, principal, id));
  const write = async (principal: Principal, id: string | null, body: BudgetChoice, header: string | null) => {
    const expected = ifMatchContent(header, asWritten);
    return answer(await putBudget(app, principal, { ...body, workflowId: id, expected }));
  };
  const remove = async (principal: Principal, id: string | null, header: string | null) => {
    await deleteBudget(app, principal, id, ifMatchContent(header, asWritten));
    return { status: 204 } as const;
  };
  const answers = { 200: { description: 'With or without a budget', schema: BudgetView } };
  const shown = { headers: unchanged, answers: { ...answers, ...unchangedAnswer } };
  const problems = ['CONFLICT', 'PRECONDITION_FAILED'] as const;
  const gone = { 204: { description: 'There is no budget any more' } };
  const none = z.object({});
  const ofOrg = { path: '/v1/budget', tag, params: none } as const;
  const ofWorkflow = { path: '/v1/workflows/{id}/budget', tag, params: idParams } as const;
  return [
    route({
      ...{ ...ofOrg, method: 'get', access: 'usage.read', summary: "The organization's budget and spend", description, ...shown },
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
      ...{ headers: conditional, problems },
      handle: ({ principal, body, request }) => write(principal, null, body, request.header('if-match')),
    }),
    route({
      ...{ ...ofOrg, method: 'delete', access: 'budgets.write', summary: "Take the organization's budget away", answers: gone },
      ...{ headers: conditional, problems },
      handle: ({ principal, request }) => remove(principal, null, request.header('if-match')),
    }),
    route({
      ...{ ...ofWorkflow, method: 'get', access: 'usage.read', summary: "A workflow's budget and spend", description, ...shown },
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
      ...{ headers: conditional, problems },
      handle: ({ principal, params, body, request }) => write(principal, params.id, body, request.header('if-match')),
    }),
    route({
      ...{ ...ofWorkflow, method: 'delete', access: 'budgets.write', summary: "Take a workflow's budget away", answers: gone },
      ...{ headers: conditional, problems },
      handle: ({ principal, params, request }) => remove(principal, params.id, request.header('if-match')),
    }),
  ];
}
