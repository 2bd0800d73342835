/** What resolvers know of one request: who asks, and what was read already. Nothing in it outlives the request. */
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../../app/app-context.ts';
import { answerBudget, type Budget } from '../../app/executions/present-step.ts';
import type { Cursors } from '../http/cursor.ts';
import { createLoaders, type Loaders } from './loaders.ts';

export type GraphqlContext = {
  readonly app: App;
  readonly cursors: Cursors;
  readonly principal: Principal;
  readonly requestId: string;
  readonly loaders: Loaders;
  /** What all values (inputs, outputs) of the answer may take together. */
  readonly budget: Budget;
};

export type GraphqlCaller = Omit<GraphqlContext, 'loaders' | 'budget'>;

export function createGraphqlContext(caller: GraphqlCaller): GraphqlContext {
  const budget = answerBudget();
  return { ...caller, budget, loaders: createLoaders(caller.app, caller.principal, budget) };
}
