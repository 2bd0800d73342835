/**
 * Tools that look after executions. Each names the permission it needs, and who lacks it does not see it. There is none for approvals: a step
 * that asks for a person's decision is not to be decided by the model that may have caused it.
 */
import { ExecutionStatus } from '@automateos/shared/model/execution';
import type { JsonObject } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import type { ToolAnnotations } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { App } from '../../app/app-context.ts';
import type { Action } from '../../app/auth/permissions.ts';
import { asDocument } from '../../app/engine/as-document.ts';
import { retryExecution } from '../../app/engine/retry-execution.ts';
import { stopExecution } from '../../app/engine/stop-execution.ts';
import { waitForExecution } from '../../app/engine/wait-for-execution.ts';
import { listExecutions } from '../../app/executions/list-executions.ts';
import { readExecutionView } from '../../app/executions/read-execution-view.ts';
import type { PageRequest } from '../../app/paging.ts';
import { listWorkflows } from '../../app/workflows/list-workflows.ts';
import { answerPage, type Cursors } from '../http/cursor.ts';
import { presentWorkflow } from '../rest/present-workflow.ts';

export type ToolContext = {
  readonly app: App;
  readonly cursors: Cursors;
  readonly principal: Principal;
  readonly signal: AbortSignal;
};

export type PlatformTool = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly action: Action;
  readonly annotations: ToolAnnotations;
  readonly params: z.ZodType;
  run(context: ToolContext, args: unknown): Promise<JsonObject>;
};

function tool<P extends z.ZodType>(
  spec: Omit<PlatformTool, 'params' | 'run'> & {
    readonly params: P;
    handle(context: ToolContext, args: z.output<P>): Promise<object>;
  },
): PlatformTool {
  const { handle, ...rest } = spec;
  return { ...rest, run: async (context, args) => asDocument(await handle(context, spec.params.parse(args))) };
}

const looks: ToolAnnotations = { readOnlyHint: true, openWorldHint: false };
const page = {
  limit: z.int().min(1).max(50).default(20).describe('Items of a page'),
  cursor: z.string().min(1).max(4_096).optional().describe('nextCursor of the page before'),
};
const id = z.string().min(1).max(128).describe('Id of the execution: exe_...');

const workflows = tool({
  ...{ name: 'list_workflows', title: 'List workflows', action: 'workflows.read', annotations: looks },
  description: 'Workflows of the organization by name, with their triggers and whether they are active.',
  params: z.strictObject({ ...page, search: z.string().max(200).optional().describe('Part of a name or a tag') }),
  handle: async ({ app, cursors, principal }, { search, ...query }) => {
    const filter = search === undefined ? {} : { search };
    const read = (one: PageRequest) => listWorkflows(app, principal, { ...one, ...filter });
    const bind = [principal.org, 'mcp-workflows', search ?? ''];
    return answerPage(cursors, query, bind, read, (one) => {
      const { id: workflowId, name, description, tags, active, triggers } = presentWorkflow(app.settings.publicUrl, one);
      return { id: workflowId, name, description, tags, active, triggers };
    });
  },
});

const executions = tool({
  ...{ name: 'list_executions', title: 'List executions', action: 'executions.read', annotations: looks },
  description: 'Runs of workflows, newest first.',
  params: z.strictObject({
    ...page,
    workflowId: z.string().max(128).optional(),
    status: ExecutionStatus.optional(),
  }),
  handle: async ({ app, cursors, principal }, { workflowId, status, ...query }) => {
    const read = (one: PageRequest) => listExecutions(app, principal, { ...one, workflowId, status });
    return answerPage(cursors, query, [principal.org, 'mcp-executions', workflowId ?? '', status ?? ''], read, (item) => item);
  },
});

const execution = tool({
  ...{ name: 'get_execution', title: 'Read an execution', action: 'executions.read', annotations: looks },
  description: 'How a run stands: status, output or error, and its steps. With waitSeconds it waits for the end first.',
  params: z.strictObject({
    executionId: id,
    waitSeconds: z.int().min(0).max(50).default(0),
    withStepValues: z.boolean().default(false).describe('Inputs and outputs of the steps, too'),
  }),
  handle: async ({ app, principal, signal }, { executionId, waitSeconds, withStepValues }) => {
    const before = await readExecutionView(app, principal, executionId);
    const isOver = before.endedAt !== null || waitSeconds === 0;
    if (!isOver) {
      const options = { timeoutMs: waitSeconds * 1_000, until: 'finished', signal } as const;
      await waitForExecution(app, principal.org, executionId, options);
    }
    const view = isOver ? before : await readExecutionView(app, principal, executionId);
    if (withStepValues) return view;
    const steps = view.steps.map(({ nodeId, type, scope, status, attempt, error }) => ({
      ...{ nodeId, type, scope, status, attempt },
      error: error === null ? null : { code: error.code, message: error.message },
    }));
    return { ...view, steps };
  },
});

const retry = tool({
  ...{ name: 'retry_execution', title: 'Retry an execution', action: 'executions.control' },
  description: 'Lets a run that failed go on from its failed steps. What has succeeded is not run again.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  params: z.strictObject({ executionId: id }),
  handle: async ({ app, principal }, { executionId }) => {
    await retryExecution(app, principal, executionId, { door: 'mcp' });
    return { executionId, status: 'running' };
  },
});

const cancel = tool({
  ...{ name: 'cancel_execution', title: 'Cancel an execution', action: 'executions.control' },
  description: 'Stops a run. Steps that name a compensation are undone.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  params: z.strictObject({ executionId: id }),
  handle: async ({ app, principal }, { executionId }) => {
    await stopExecution(app, principal, executionId, 'cancelled', { door: 'mcp' });
    return { executionId, stopping: 'cancelled' };
  },
});

export const platformTools: readonly PlatformTool[] = [workflows, executions, execution, retry, cancel];
