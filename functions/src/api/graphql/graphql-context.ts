/** What resolvers know of one request: who asks, and what was read already. Nothing in it outlives the request. */
import type { Principal } from '@automateos/shared/model/principal';
import type { Identity } from '@automateos/shared/ports/identity';
import type { Maintenance } from '../../app/admin/maintenance.ts';
import type { App } from '../../app/app-context.ts';
import type { Account } from '../../app/auth/account.ts';
import { answerBudget, type Budget } from '../../app/executions/present-step.ts';
import type { TestRuns } from '../../app/workflow-tests/run-workflow-tests.ts';
import type { Cursors } from '../http/cursor.ts';
import type { StreamLimit } from '../live/stream-limit.ts';
import { createLoaders, type Loaders } from './loaders.ts';

/** What live streams need of their caller. */
export type LiveCaller = {
  readonly streams: StreamLimit;
  /** Who the caller is now, as if for a new request; null when nobody any more. */
  readonly renew: () => Promise<Principal | null>;
};

/** What a door has at hand beside the app, the same for all that come by it. */
export type DoorServices = {
  readonly identity: Identity;
  readonly maintenance: Maintenance;
  readonly testRuns: TestRuns;
};

export type GraphqlContext = DoorServices & {
  readonly app: App;
  readonly cursors: Cursors;
  readonly principal: Principal;
  readonly requestId: string;
  readonly live: LiveCaller;
  /** The person who asks, for what is their own and no organization's. Throws FORBIDDEN for keys. */
  readonly account: () => Promise<Account>;
  /** As the caller's program calls itself. */
  readonly agent: string | undefined;
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
