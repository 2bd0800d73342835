/**
 * settings.maxConcurrent: one document per workflow counts the executions that run. An execution beyond the limit is stored as `queued`;
 * the last commit of a running one gives its slot back and the longest queued one is started.
 */
import { dueAt } from '@automateos/shared/engine/due';
import type { Plan } from '@automateos/shared/engine/plan';
import { Branch } from '@automateos/shared/model/branch';
import { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { Write } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { type Meter, usageAhead } from '../cost/meter.ts';
import { spendWrites } from '../cost/spend.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { announceMs, dueKey } from './branch-document.ts';
import type { CallerWrites } from './caller-writes.ts';
import { changedAt } from './changed-at.ts';
import { refOf } from './run.ts';

const none: CallerWrites = { writes: [], hints: 0, announce: async () => {} };

/** What the last commit of `execution` (as it stood before) has to say about its slot: hand it to the longest queued one, or free it. */
export async function slotWrites(app: App, execution: Execution, plan: Plan): Promise<CallerWrites> {
  if (!execution.slot || plan.definition.settings.maxConcurrent === undefined) return none;
  const { org, workflowId } = execution;
  const slot = await app.store.get(paths.slots(org, workflowId));
  if (!slot) return none;
  const running = Number(slot.data.running ?? 0);
  const queue = await app.store.query({
    collection: paths.executions(org),
    where: [
      ['workflowId', '==', workflowId],
      ['status', '==', 'queued'],
    ],
    orderBy: [['startedAt', 'asc']],
    limit: 2,
  });
  const next = queue.find((snapshot) => snapshot.data.id !== execution.id);
  if (!next) {
    const data = { running: Math.max(0, running - 1) };
    return { ...none, writes: [{ kind: 'update', path: slot.path, version: slot.version, data }] };
  }
  const waiting = Execution.parse(next.data);
  const root = await app.store.get(paths.branch(org, waiting.id, '$start'));
  if (!root) return none;
  const branch = released(app, Branch.parse(root.data));
  const updatedAt = changedAt(app.clock.now(), waiting.updatedAt);
  const begun: Execution = { ...waiting, status: 'running', slot: true, updatedAt };
  return {
    writes: [
      // The count stays: the slot changes hands. Written all the same, so that two ends do not start the same execution.
      { kind: 'update', path: slot.path, version: slot.version, data: { running } },
      { kind: 'update', path: next.path, version: next.version, data: asDocument(begun) },
      { kind: 'update', path: root.path, version: root.version, data: asDocument(branch) },
    ],
    hints: 1,
    announce: () => announce(app, branch.pool, [refOf(branch)]),
  };
}

function released(app: App, branch: Branch): Branch {
  const due = dueAt(dueKey(branch.executionId, branch.id), app.clock.now() + announceMs);
  return { ...branch, hold: false, rev: branch.rev + 1, due };
}

/**
 * A start under a limit. false = no limit here, start as usual; true = created (running and announced, or held back as `queued`);
 * 'exists' = the idempotency record is there already.
 */
export async function admit(
  app: App,
  plan: Plan,
  beginning: { readonly execution: Execution; readonly root: Branch; readonly meter: Meter },
  firstWrites: readonly Write[],
): Promise<boolean | 'exists'> {
  const limit = plan.definition.settings.maxConcurrent;
  const { execution, meter } = beginning;
  if (limit === undefined || execution.version === 0) return false;
  const path = paths.slots(execution.org, execution.workflowId);
  for (;;) {
    const slot = await app.store.get(path);
    const running = Number(slot?.data.running ?? 0);
    const free = running < limit;
    // Held back: written under the same version, so that a slot freed in this moment is not overlooked.
    const data = { running: free ? running + 1 : running };
    const created = firstWrites.length + (slot ? 2 : 3);
    const ahead = { writes: firstWrites.length + 3, created, publishes: free ? 1 : 0, tasks: 0, last: true };
    const root = { ...beginning.root, usage: usageAhead(meter, ahead) };
    const result = await app.store.commit([
      slot ? { kind: 'update', path, version: slot.version, data } : { kind: 'create', path, data },
      {
        kind: 'create',
        path: paths.execution(execution.org, execution.id),
        data: asDocument({ ...execution, status: free ? 'running' : 'queued', slot: free }),
      },
      {
        kind: 'create',
        path: paths.branch(execution.org, execution.id, root.id),
        data: asDocument(free ? root : { ...root, hold: true, due: null }),
      },
      ...firstWrites,
      ...spendWrites(app, { execution, branch: beginning.root, after: root.usage, room: 100 }),
    ]);
    if (result.ok) {
      if (free) await announce(app, root.pool, [refOf(root)]);
      return true;
    }
    if (result.path !== path) return 'exists';
  }
}
