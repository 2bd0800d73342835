/** Executions, their steps and log lines. What a list gives is shown as it is; what needs the journal is read for all of a page at once. */
import { AppError } from '@automateos/shared/model/app-error';
import type { ExecutionSummaryView } from '@automateos/shared/model/execution-view';
import { listStoredExecutions } from '../../../app/executions/list-executions.ts';
import { listLogs } from '../../../app/executions/list-steps.ts';
import type { ExecutionDetails } from '../../../app/executions/read-many-executions.ts';
import type { Page, PageRequest } from '../../../app/paging.ts';
import { connect } from '../connection.ts';
import type {
  CallOriginResolvers,
  ExecutionResolvers,
  ForkOriginResolvers,
  QueryResolvers,
  StepResolvers,
} from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import type { GraphqlContext } from '../graphql-context.ts';
import type { StepSource } from '../sources.ts';
import { presentListed } from './listed-execution.ts';
import { workflowOf } from './workflow.ts';

export function executionOf(context: GraphqlContext, id: string | null): Promise<ExecutionSummaryView | null> {
  return id === null ? Promise.resolve(null) : context.loaders.execution.load(id);
}

/** It was there a moment ago: retention may have been faster. */
async function detailsOf({ loaders }: GraphqlContext, id: string): Promise<ExecutionDetails> {
  const details = await loaders.details.load(id);
  if (details === null) throw new AppError('NOT_FOUND', { what: 'execution', id });
  return details;
}

export const executionQueries: QueryResolvers = {
  execution: (_, { id }, context) => executionOf(context, id),
  executions: (_, { workflowId, status, from, to, ...page }, context) => {
    const { app, principal } = context;
    const filter = given({ workflowId, status, from, to });
    return connect(context, page, {
      bind: ['executions', workflowId ?? '', status ?? '', from ?? '', to ?? ''],
      read: (request) => listStoredExecutions(app, principal, { ...request, ...filter }),
      present: (listed) => presentListed(context, listed),
    });
  },
};

/** Of the steps that were read with the journal. A step's place in them is its position: they are only ever added to. */
function pageOfSteps(
  { steps }: ExecutionDetails,
  request: PageRequest,
  isWanted: (step: ExecutionDetails['steps'][number]) => boolean,
): Page<StepSource> {
  const wanted = steps.filter(isWanted);
  const from = Number(request.after?.values[0] ?? 0); // signed by us
  const to = from + request.limit;
  const items = wanted.slice(from, to).map((step) => step.present());
  return { items, next: to < wanted.length ? { values: [to], path: '' } : null };
}

export const executionFields: ExecutionResolvers = {
  trigger: ({ trigger }) => ({
    ...{ kind: trigger.kind, nodeId: trigger.nodeId, test: trigger.test === true },
    ...{ deliveryId: trigger.deliveryId ?? null, scheduledAt: trigger.scheduledAt ?? null, by: trigger.by ?? null },
  }),
  error: ({ error }) =>
    error && {
      ...{ code: error.code, message: error.message, nodeId: error.nodeId ?? null, scope: error.scope ?? null },
      details: error.details ?? null,
    },
  deadlineAt: async ({ id }, _, { loaders }) => (await loaders.stored.load(id))?.data.deadlineAt ?? null,
  parent: async ({ id }, _, { loaders }) => (await loaders.stored.load(id))?.data.parent ?? null,
  workflow: ({ workflowId }, _, context) => workflowOf(context, workflowId),
  input: async ({ id }, _, context) => (await (await detailsOf(context, id)).input()).value,
  output: async ({ id }, _, context) => (await (await detailsOf(context, id)).output()).value,
  truncated: async ({ id }, _, context) => {
    const { input, output } = await detailsOf(context, id);
    return (await input()).truncated || (await output()).truncated;
  },
  progress: async ({ id }, _, context) => (await detailsOf(context, id)).progress(),
  cost: async ({ id }, _, context) => (await detailsOf(context, id)).cost(),
  traceId: async ({ id }, _, context) => (await detailsOf(context, id)).traceId,
  steps: async ({ id }, { nodeId, scope, ...page }, context) => {
    const details = await detailsOf(context, id);
    return connect(context, page, {
      bind: ['graphql-steps', id, nodeId ?? '', scope ?? '*'],
      read: async (request) =>
        pageOfSteps(
          details,
          request,
          (step) => (nodeId == null || step.nodeId === nodeId) && (scope == null || step.scope === scope),
        ),
      present: (step) => step,
    });
  },
  logs: ({ id }, { nodeId, level, ...page }, context) => {
    const { app, principal } = context;
    const filter = given({ nodeId, level });
    return connect(context, page, {
      bind: ['logs', id, nodeId ?? '', level ?? ''],
      read: (request) => listLogs(app, principal, { ...request, ...filter, executionId: id }),
      present: (line) => line,
    });
  },
};

const presentFailure = ({ details, ...failure }: NonNullable<StepSource['error']>) => ({ ...failure, details: details ?? null });

export const stepFields: StepResolvers = {
  input: async (step) => (await step.values()).input,
  output: async (step) => (await step.values()).output,
  truncated: async (step) => (await step.values()).truncated,
  microUsd: (step) => step.microUsd(),
  error: ({ error }) => error && presentFailure(error),
  tries: ({ tries }) => tries.map((one) => ({ ...one, error: presentFailure(one.error) })),
  deadLetterId: ({ deadLetter }) => deadLetter ?? null,
};

export const originFields: ForkOriginResolvers & CallOriginResolvers = {
  execution: ({ executionId }, _, context) => executionOf(context, executionId),
};
