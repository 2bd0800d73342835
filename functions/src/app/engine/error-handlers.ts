/**
 * Who hears of a failed execution: the workflow that its settings.errorWorkflow names, and every active workflow with a trigger.error
 * that lists the failed one, or lists none. Looked up only when an execution fails.
 */
import type { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import { LiveTrigger } from '@automateos/shared/model/workflow';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { findWorkflow } from '../workflows/find-workflow.ts';
import { normalizeName } from '../workflows/workflow-name.ts';

export type ErrorHandler = {
  readonly workflowId: string;
  readonly version: number;
  /** The trigger that hears; null = whichever fits, for the workflow that was named. */
  readonly nodeId: string | null;
};

/** All of them start in the commit that ends the failed execution, so there is a bound. */
const handlerLimit = 20;
const triggerLimit = 1_000;

const ErrorParams = z.object({ workflows: z.array(z.string()).optional() });

export async function errorHandlers(app: App, failed: Execution, wanted: string | undefined): Promise<readonly ErrorHandler[]> {
  const named = wanted === undefined ? null : await findWorkflow(app, failed.org, wanted);
  if (wanted !== undefined && named === null)
    app.logger.warn('error-workflow-missing', { execution: failed.id, workflow: wanted });
  const version = named?.activeVersion ?? named?.latestVersion;
  const first = named && version !== undefined ? [{ workflowId: named.id, version, nodeId: null }] : [];
  const listening = await listeners(app, failed);
  const handlers = [...first, ...listening.filter(({ workflowId }) => workflowId !== named?.id)];
  if (handlers.length > handlerLimit)
    app.logger.warn('error-workflows-left-out', { execution: failed.id, left: handlers.length - handlerLimit });
  return handlers.slice(0, handlerLimit);
}

/**
 * No listener hears of itself, of a failure while a failure was being handled (they would go on about each other), of a draft that
 * somebody tries out, or of a called execution whose caller waits: its failure is the caller's.
 */
async function listeners(app: App, failed: Execution): Promise<readonly ErrorHandler[]> {
  if (failed.trigger.kind === 'error' || failed.version === 0 || failed.parent?.wait) return [];
  const where = [['type', '==', 'trigger.error'] as const];
  const rows = await app.store.query({ collection: paths.triggers(failed.org), where, limit: triggerLimit });
  return rows
    .map(({ data }) => LiveTrigger.parse(data))
    .filter((trigger) => trigger.workflowId !== failed.workflowId && isListed(trigger, failed))
    .map(({ workflowId, version, nodeId }) => ({ workflowId, version, nodeId }));
}

function isListed(trigger: LiveTrigger, { workflowId, workflowName }: Execution): boolean {
  const { workflows } = ErrorParams.parse(trigger.params);
  if (workflows === undefined) return true;
  return workflows.includes(workflowId) || workflows.some((name) => normalizeName(name) === normalizeName(workflowName));
}
