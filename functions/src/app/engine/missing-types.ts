/**
 * Node types that a stored definition names and this process lacks: an extra node type was taken away, or another process has a newer
 * set. Nothing new is started by such a plan; branches under way are left where they stand until a process has the type.
 */
import { dueAt } from '@automateos/shared/engine/due';
import { type Plan, planNode } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { Branch } from '@automateos/shared/model/branch';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { asDocument } from './as-document.ts';
import { announceMs, dueKey } from './branch-document.ts';

/** Each plan is told of once: it is cached, and its branches come back again and again. */
const told = new WeakSet<Plan>();

/** Throws NODE_TYPE_MISSING unless everything can run here. */
export function requireTypes(plan: Plan): void {
  if (plan.missingTypes.size > 0) throw new AppError('NODE_TYPE_MISSING', { types: [...plan.missingTypes].join(', ') });
}

/** Whether this process must leave the branch alone. A stop routes nothing: it needs no type but those of the compensations. */
export function lacksTypes(plan: Plan, branch: Branch): boolean {
  if (plan.missingTypes.size === 0) return false;
  if (branch.at?.node !== '$stop' && branch.stopState === null) return true;
  const undone = [...plan.nodes.values()].flatMap(({ compensate }) => (compensate === null ? [] : [planNode(plan, compensate)]));
  return undone.some(({ type }) => plan.missingTypes.has(type));
}

/** Says so once, and sees to it that the sweep comes back later and later instead of each time. */
export async function leaveForLater(app: App, plan: Plan, branch: Branch, version: string): Promise<void> {
  const { org, executionId, id } = branch;
  if (!told.has(plan)) {
    const types = [...plan.missingTypes];
    app.logger.error('node-type-missing', {
      org,
      workflow: plan.workflowId,
      version: plan.version,
      types,
      execution: executionId,
    });
    told.add(plan);
  }
  const now = app.clock.now();
  const key = dueKey(executionId, id);
  if (branch.due === null || branch.due > dueAt(key, now)) return;
  const announced = Math.min(branch.announced + 1, 6);
  const later: Branch = { ...branch, announced, due: dueAt(key, now + announceMs * 2 ** announced), rev: branch.rev + 1 };
  // Lost to whoever changed the branch meanwhile: then it is theirs to say when it is due.
  await app.store.commit([{ kind: 'update', path: paths.branch(org, executionId, id), version, data: asDocument(later) }]);
}
