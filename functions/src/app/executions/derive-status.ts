/** The status that clients see. Waiting and paused are not stored: nothing is written for them, they follow from the branches. */
import type { BranchStatus } from '@automateos/shared/model/branch';
import { type Execution, type ExecutionStatus, isTerminal } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app-context.ts';

/** Waiting = some branch waits and none is queued or running. */
export function deriveStatus(execution: Execution, branches: readonly { readonly status: BranchStatus }[]): ExecutionStatus {
  if (isTerminal(execution.status) || execution.status === 'queued') return execution.status;
  if (execution.paused && execution.stopping === null) return 'paused';
  const isBusy = branches.some(({ status }) => status === 'queued' || status === 'running');
  const waits = branches.some(({ status }) => status === 'waiting');
  return waits && !isBusy ? 'waiting' : 'running';
}

/** The same for lists, by at most two reads of one document. */
export async function queryStatus(app: App, execution: Execution): Promise<ExecutionStatus> {
  if (isTerminal(execution.status) || execution.status === 'queued' || (execution.paused && execution.stopping === null)) {
    return deriveStatus(execution, []);
  }
  const collection = paths.branches(execution.org, execution.id);
  const busy = await app.store.query({ collection, where: [['status', 'in', ['queued', 'running']]], limit: 1 });
  if (busy.length > 0) return 'running';
  const waiting = await app.store.query({ collection, where: [['status', '==', 'waiting']], limit: 1 });
  return waiting.length > 0 ? 'waiting' : 'running';
}
