/** Executions: start, cancel, pause, resume, retry, fork; one, or up to a hundred. */
import { AppError } from '@automateos/shared/model/app-error';
import { requirePermission } from '../../../app/auth/permissions.ts';
import { digest } from '../../../app/digest.ts';
import { forkExecution } from '../../../app/engine/fork-execution.ts';
import { pauseExecution, resumeExecution } from '../../../app/engine/pause-execution.ts';
import { retryExecution } from '../../../app/engine/retry-execution.ts';
import { startExecution } from '../../../app/engine/start-execution.ts';
import { stopExecution } from '../../../app/engine/stop-execution.ts';
import { requireDefinition } from '../../../app/workflows/check-definition.ts';
import { getDraft } from '../../../app/workflows/draft.ts';
import { forEach } from '../for-each.ts';
import type { MutationResolvers, StartExecutionInput } from '../generated/resolver-types.ts';
import { given } from '../given.ts';
import type { GraphqlContext } from '../graphql-context.ts';
import { requireIdempotencyKey } from '../inputs.ts';
import { orRefused } from '../refusal.ts';
import { executionOf } from './execution.ts';

/** What was done to `id`, or came of it, as it is now. */
async function shown(context: GraphqlContext, id: string) {
  const { stored, execution, details } = context.loaders;
  for (const loader of [stored, execution, details]) loader.clear(id);
  const found = await executionOf(context, id);
  if (found === null) throw new AppError('NOT_FOUND', { what: 'execution', id });
  return found;
}

/** Before anything is done: the answer shows the execution, and a key that may not see it must not be told FORBIDDEN of what has happened. */
function requireShowable({ principal }: GraphqlContext): void {
  requirePermission(principal, 'executions.read');
}

function act(context: GraphqlContext, id: string, run: () => Promise<void>) {
  return orRefused(async () => {
    requireShowable(context);
    await run();
    return shown(context, id);
  });
}

const cancel = (context: GraphqlContext, id: string) =>
  act(context, id, () => stopExecution(context.app, context.principal, id, 'cancelled'));

function retry(context: GraphqlContext, id: string, version: number | null | undefined) {
  return orRefused(async () => {
    requireShowable(context);
    const { app, principal } = context;
    const { executionId } =
      version == null
        ? await retryExecution(app, principal, id)
        : await forkExecution(app, principal, { executionId: id, version, action: 'execution.retry' });
    return shown(context, executionId);
  });
}

async function start(context: GraphqlContext, workflowId: string, input: StartExecutionInput): Promise<string> {
  const { app, principal } = context;
  if (input.draft === true && input.version != null) {
    throw new AppError('INVALID_PARAMS', { reason: 'Send either draft or version.' });
  }
  const checked = input.draft === true ? await getDraft(app, principal, workflowId) : null;
  const draft = checked === null ? undefined : await requireDefinition(app, principal.org, checked.draft.definition);
  const { executionId } = await startExecution(app, principal, {
    ...{ workflowId, version: input.version ?? undefined, triggerId: input.triggerId ?? undefined, draft },
    input: input.input ?? {},
    trigger: { kind: 'manual', by: principal.userId, ...(draft === undefined ? {} : { test: true }) },
    dedupe: dedupeOf(context, workflowId, input),
  });
  return executionId;
}

/** A key of its own: the same one sent over REST is another. */
function dedupeOf({ principal }: GraphqlContext, workflowId: string, input: StartExecutionInput) {
  const key = requireIdempotencyKey(input.idempotencyKey ?? null);
  if (key === null) return undefined;
  const scope = digest(principal.org, 'graphql', workflowId, key);
  const content = digest('start', JSON.stringify([input.input ?? {}, input.version, input.triggerId, input.draft]));
  return { key: `start-${scope}`, digest: content, sent: { header: 'idempotencyKey', key } };
}

export const executionMutations: MutationResolvers = {
  startExecution: (_, { workflowId, input }, context) =>
    orRefused(async () => {
      requireShowable(context);
      return shown(context, await start(context, workflowId, input ?? {}));
    }),
  cancelExecution: (_, { id }, context) => cancel(context, id),
  pauseExecution: (_, { id }, context) => act(context, id, () => pauseExecution(context.app, context.principal, id)),
  resumeExecution: (_, { id }, context) => act(context, id, () => resumeExecution(context.app, context.principal, id)),
  retryExecution: (_, { id, version }, context) => retry(context, id, version),
  forkExecution: (_, { id, input }, context) =>
    orRefused(async () => {
      requireShowable(context);
      const { nodeId, version } = input;
      const request = { executionId: id, nodeId, input: input.input ?? undefined, ...given({ version }) };
      const { executionId } = await forkExecution(context.app, context.principal, request);
      return shown(context, executionId);
    }),
  cancelExecutions: (_, { ids }, context) => forEach(ids, (id) => cancel(context, id)),
  retryExecutions: (_, { ids }, context) => forEach(ids, (id) => retry(context, id, null)),
};
