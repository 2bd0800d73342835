/** The plan that an execution runs by: its version's, or its own where a draft was tried out. */
import type { Plan } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { Execution } from '@automateos/shared/model/execution';
import type { App } from '../app-context.ts';

/** null when there is no such version. */
export function findPlan(app: App, execution: Execution, version: number = execution.version): Promise<Plan | null> {
  const { org, workflowId, id } = execution;
  const { plans, store } = app;
  return version === 0 ? plans.loadDraft(org, workflowId, id, store) : plans.load(org, workflowId, version, store);
}

/** Throws NOT_FOUND when there is no such version. */
export async function planOf(app: App, execution: Execution, version: number = execution.version): Promise<Plan> {
  const plan = await findPlan(app, execution, version);
  if (!plan) throw new AppError('NOT_FOUND', { what: 'version', id: `${version} of workflow ${execution.workflowId}` });
  return plan;
}
