/** Marks an execution as stopping and creates the branch that carries the stop out: one commit under the execution's version. */
import { stopName } from '@automateos/shared/engine/scope';
import { Execution, type ExecutionError, isTerminal, type StopTarget } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { newBranch } from './branch-document.ts';
import { stopBranch } from './fail-step.ts';

export type StopReason = { readonly by?: string; readonly error?: ExecutionError };
export type StopRequested = 'requested' | 'stopping' | 'over' | 'absent';

export async function requestStop(app: App, org: string, id: string, to: StopTarget, reason: StopReason): Promise<StopRequested> {
  for (;;) {
    const snapshot = await app.store.get(paths.execution(org, id));
    if (!snapshot) return 'absent';
    const execution = Execution.parse(snapshot.data);
    if (isTerminal(execution.status)) return 'over';
    if (execution.stopping) return 'stopping';
    const now = app.clock.now();
    const stopping: Execution = { ...execution, stopping: { to, at: toInstant(now), ...reason }, status: 'running', due: null };
    const branch = newBranch({ org, executionId: id }, stopBranch(execution.generation), null, now);
    const result = await app.store.commit([
      { kind: 'update', path: snapshot.path, version: snapshot.version, data: asDocument(stopping) },
      { kind: 'create', path: paths.branch(org, id, stopName(execution.generation)), data: asDocument(branch) },
    ]);
    if (!result.ok) continue;
    await announce(app, 'branches', [{ org, executionId: id, branchId: branch.id }]);
    return 'requested';
  }
}
