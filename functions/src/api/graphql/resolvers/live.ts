/** Subscriptions: the live streams, event by event. Each event starts with nothing read, so that what it points at is as it is by then. */

import { AppError } from '@automateos/shared/model/app-error';
import type { LiveItem } from '@automateos/shared/model/live-event';
import {
  type Follow,
  type Followed,
  followApprovals,
  followExecution,
  followExecutions,
  followWorkflows,
} from '../../../app/live/follow.ts';
import type { ExecutionEventBodyResolvers, ExecutionEventResolvers, SubscriptionResolvers } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import { type GraphqlContext, startAnew } from '../graphql-context.ts';
import type { ExecutionEventBodySource } from '../sources.ts';
import { workflowOf } from './workflow.ts';

const openEnded = new AbortController().signal;

/** A place among the streams of this process, given back when the stream ends, however it does. */
function stream(context: GraphqlContext, after: string | null | undefined, open: (follow: Follow) => Followed): Followed {
  const { principal, live } = context;
  const leave = live.streams.enter(principal);
  try {
    return leaving(open({ after: after ?? null, signal: openEnded, renew: live.renew }), leave);
  } catch (error) {
    leave();
    throw error;
  }
}

/** A generator's own `return` waits for what it waits for; this one ends its source at once. */
function leaving(source: Followed, leave: () => void): Followed {
  const ended = async <R>(result: Promise<R>): Promise<R> => {
    leave();
    return result;
  };
  return {
    async next() {
      try {
        const found = await source.next();
        if (found.done === true) leave();
        return found;
      } catch (error) {
        leave();
        throw error;
      }
    },
    return: (value) => ended(source.return(value)),
    throw: (error) => ended(source.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      await ended(source.return());
    },
  };
}

/** What a stream does not tell is a mistake of ours. */
function wrongEvent(): AppError {
  return new AppError('INTERNAL');
}

export const subscriptions: SubscriptionResolvers = {
  executionEvents: {
    subscribe: (_, { executionId, after }, context) =>
      stream(context, after, (follow) => followExecution(context.app, context.principal, { ...follow, executionId })),
    resolve: (item: LiveItem, _: unknown, context: GraphqlContext) => {
      startAnew(context);
      return item;
    },
  },
  executionList: {
    subscribe: (_, { workflowId, status, after }, context) => {
      const filter = given({ workflowId, status });
      return stream(context, after, (follow) => followExecutions(context.app, context.principal, { ...follow, ...filter }));
    },
    resolve: ({ id, event }: LiveItem, _: unknown, context: GraphqlContext) => {
      startAnew(context);
      if (event.type !== 'execution') throw wrongEvent();
      return { id, execution: event.execution };
    },
  },
  approvals: {
    subscribe: (_, { after }, context) =>
      stream(context, after, (follow) => followApprovals(context.app, context.principal, follow)),
    resolve: ({ id, event }: LiveItem, _: unknown, context: GraphqlContext) => {
      startAnew(context);
      if (event.type !== 'approval') throw wrongEvent();
      return { id, approval: event.approval };
    },
  },
  workflowUpdated: {
    subscribe: (_, { id, after }, context) =>
      stream(context, after, (follow) =>
        followWorkflows(context.app, context.principal, { ...follow, ...given({ workflowId: id }) }),
      ),
    resolve: async ({ id, event }: LiveItem, _: unknown, context: GraphqlContext) => {
      startAnew(context);
      if (event.type !== 'workflow') throw wrongEvent();
      const { id: workflowId, deleted } = event.workflow;
      return { id, workflowId, deleted, workflow: deleted ? null : await workflowOf(context, workflowId) };
    },
  },
};

export const executionEventFields: ExecutionEventResolvers = {
  event: ({ event }): ExecutionEventBodySource => {
    switch (event.type) {
      case 'execution':
        return { kind: 'ExecutionChanged', execution: event.execution };
      case 'step': {
        const { input, output, truncated, cost, ...step } = event.step;
        return {
          kind: 'StepChanged',
          step: { ...step, microUsd: () => cost.microUsd, values: async () => ({ input, output, truncated }) },
        };
      }
      case 'log':
        return { kind: 'LogLineWritten', line: event.log };
      case 'token':
        return { kind: 'TokenDelta', ...event.token };
      default:
        throw wrongEvent();
    }
  },
};

export const executionEventBody: ExecutionEventBodyResolvers = { __resolveType: (source) => kindOf(source) };

function kindOf(source: object): ExecutionEventBodySource['kind'] {
  const { kind } = source as ExecutionEventBodySource; // made above
  return kind;
}
