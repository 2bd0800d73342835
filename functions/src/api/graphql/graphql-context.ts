/** What resolvers know of one request: who asks, and what was read already. Nothing in it outlives the request. */
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../../app/app-context.ts';
import { answerBudget, type Budget } from '../../app/executions/present-step.ts';
import type { Cursors } from '../http/cursor.ts';
import type { StreamLimit } from '../live/stream-limit.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What live streams need of their caller. */
export type LiveCaller = {
  readonly streams: StreamLimit;
  /** Who the caller is now, as if for a new request; null when nobody any more. */
  readonly renew: () => Promise<Principal | null>;
};

export type GraphqlContext = {
  readonly app: App;
  readonly cursors: Cursors;
  readonly principal: Principal;
  readonly requestId: string;
  readonly live: LiveCaller;
  readonly loaders: Loaders;
  /** What all values (inputs, outputs) of the answer may take together. */
  readonly budget: Budget;
};

export type GraphqlCaller = Omit<GraphqlContext, 'loaders' | 'budget'>;

export function createGraphqlContext(caller: GraphqlCaller): GraphqlContext {
  const budget = answerBudget();
  return { ...caller, budget, loaders: createLoaders(caller.app, caller.principal, budget) };
}

/** Nothing is read yet: for the next event of a subscription. */
export function startAnew({ loaders, budget }: GraphqlContext): void {
  for (const loader of Object.values(loaders)) loader.clearAll();
  budget.left = answerBudget().left;
}
