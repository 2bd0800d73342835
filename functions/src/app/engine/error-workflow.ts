/** settings.errorWorkflow: an execution under a derived id, created in the very commit that ends the failed one. */
import type { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import { findWorkflow } from '../workflows/find-workflow.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { errorExecutionId } from './callback-token.ts';
import type { CallerWrites } from './caller-writes.ts';
import { chooseTrigger } from './choose-trigger.ts';
import { newExecution } from './new-execution.ts';
import { type Run, refOf } from './run.ts';

export async function errorWorkflowWrites(run: Run, failed: Execution): Promise<CallerWrites | null> {
  const { app, plan } = run;
  const wanted = plan.definition.settings.errorWorkflow;
  if (wanted === undefined || failed.depth + 1 > app.settings.maxDepth) return null;
  const workflow = await findWorkflow(app, failed.org, wanted);
  const handler = workflow && (await app.plans.load(failed.org, workflow.id, workflow.activeVersion ?? workflow.latestVersion));
  if (!workflow || !handler) {
    app.logger.warn('error-workflow-missing', { execution: failed.id, workflow: wanted });
    return null;
  }
  const id = errorExecutionId(failed);
  const { execution, root } = await newExecution(app, {
    org: failed.org,
    id,
    plan: handler,
    trigger: { kind: 'error', nodeId: chooseTrigger(handler, undefined, 'error') },
    input: {
      execution: { id: failed.id, status: failed.status, startedAt: failed.startedAt, endedAt: failed.endedAt },
      workflow: { id: failed.workflowId, name: failed.workflowName, version: failed.version },
      error: failed.error ? asDocument(failed.error) : null,
    },
    depth: failed.depth + 1,
  });
  return {
    writes: [
      { kind: 'create', path: paths.execution(failed.org, id), data: asDocument(execution) },
      { kind: 'create', path: paths.branch(failed.org, id, root.id), data: asDocument(root) },
    ],
    announce: () => announce(app, root.pool, [refOf(root)]),
  };
}
