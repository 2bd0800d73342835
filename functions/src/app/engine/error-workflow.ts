/** What a failure starts: executions under derived ids, created in the very commit that ends the failed one. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Execution } from '@automateos/shared/model/execution';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { executionStarted } from '../telemetry/execution-events.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { errorExecutionId } from './callback-token.ts';
import type { CallerWrites } from './caller-writes.ts';
import { chooseTrigger } from './choose-trigger.ts';
import { type ErrorHandler, errorHandlers } from './error-handlers.ts';
import { requireTypes } from './missing-types.ts';
import { type Begun, newExecution } from './new-execution.ts';
import { type Run, refOf } from './run.ts';

export async function errorWorkflowWrites(run: Run, failed: Execution): Promise<CallerWrites | null> {
  const { app, plan } = run;
  if (failed.depth + 1 > app.settings.maxDepth) return null;
  const begun: Begun[] = [];
  for (const handler of await errorHandlers(app, failed, plan.definition.settings.errorWorkflow)) {
    const beginning = await begin(app, failed, handler);
    if (beginning) begun.push(beginning);
  }
  if (begun.length === 0) return null;
  return {
    writes: begun.flatMap(({ execution, root, told }) => [
      { kind: 'create', path: paths.execution(failed.org, execution.id), data: asDocument(execution) },
      { kind: 'create', path: paths.branch(failed.org, execution.id, root.id), data: asDocument(root) },
      ...told.writes,
    ]),
    hints: begun.reduce((sum, { told }) => sum + 1 + told.hints, 0),
    async announce() {
      for (const { execution, root, told } of begun) {
        executionStarted(app, execution);
        await announce(app, root.pool, [refOf(root)]);
        await told.announce();
      }
    },
  };
}

/** null for a workflow that cannot handle anything: the failed execution must end all the same. */
async function begin(app: App, failed: Execution, { workflowId, version, nodeId }: ErrorHandler): Promise<Begun | null> {
  const plan = await app.plans.load(failed.org, workflowId, version, app.store);
  if (!plan) return null;
  try {
    requireTypes(plan);
    return await newExecution(app, {
      org: failed.org,
      id: nodeId === null ? errorExecutionId(failed) : errorExecutionId(failed, `${workflowId}:${nodeId}`),
      plan,
      trigger: { kind: 'error', nodeId: chooseTrigger(plan, nodeId ?? undefined, 'error') },
      input: inputOf(failed),
      depth: failed.depth + 1,
      spendUnit: failed.spendUnit,
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    app.logger.warn('error-workflow-not-started', { execution: failed.id, workflowId, reason: error.message });
    return null;
  }
}

function inputOf(failed: Execution): JsonObject {
  return {
    execution: { id: failed.id, status: failed.status, startedAt: failed.startedAt, endedAt: failed.endedAt },
    workflow: { id: failed.workflowId, name: failed.workflowName, version: failed.version },
    error: failed.error ? asDocument(failed.error) : null,
  };
}
