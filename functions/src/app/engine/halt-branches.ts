/** Puts the branches of an execution to rest. Returns how many are still live: workers have been told, or will find out. */
import { Branch } from '@automateos/shared/model/branch';
import type { StopTarget } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import { StoreUnavailable } from '@automateos/shared/ports/document-store';
import { asDocument } from './as-document.ts';
import { isLeased } from './claim.ts';
import { requestStop } from './request-stop.ts';
import type { Run } from './run.ts';

export async function haltBranches(run: Run, to: StopTarget): Promise<number> {
  const { org, executionId } = run.branch;
  const found = await run.app.store.query({
    collection: paths.branches(org, executionId),
    where: [['status', 'in', ['queued', 'running', 'waiting']]],
  });
  let live = 0;
  for (const snapshot of found) {
    const branch = Branch.parse(snapshot.data);
    if (branch.at?.node === '$stop' || branch.stopState) continue;
    const working = branch.status === 'running' && isLeased(run.app, branch);
    if (working) live += 1;
    else live += (await rest(run, snapshot, branch)) ? 0 : 1;
    if (working && !branch.stop) await tell(run, snapshot, branch, to);
  }
  return run.app.settings.plantedBug === 'stop-does-not-wait' ? 0 : live;
}

/** Nobody works on it: it stands still where it is. A step found started stays so: it is in doubt. */
async function rest(run: Run, snapshot: Snapshot, branch: Branch): Promise<boolean> {
  const stopped: Branch = { ...branch, status: 'stopped', due: null, claim: null, stop: null, rev: branch.rev + 1 };
  const writes: Write[] = [{ kind: 'update', path: snapshot.path, version: snapshot.version, data: asDocument(stopped) }];
  const wait = branch.wait;
  if (branch.status === 'waiting' && (wait?.kind === 'callback' || wait?.kind === 'approval')) {
    const { org, executionId } = branch;
    const path = wait.kind === 'callback' ? paths.wait(org, executionId, wait.token) : paths.approval(org, wait.token);
    const there = await run.app.store.get(path);
    if (there?.data.status === 'pending') {
      writes.push({ kind: 'update', path, version: there.version, data: { ...there.data, status: 'closed' } });
    }
  }
  const result = await attempt(run, writes);
  if (result && wait?.kind === 'call')
    await requestStop(run.app, branch.org, wait.executionId, 'cancelled', { by: 'its caller' });
  return result;
}

/** The worker's next checkpoint fails on the new version, finds its own claim with `stop`, records its step and rests. */
async function tell(run: Run, snapshot: Snapshot, branch: Branch, to: StopTarget): Promise<void> {
  const told: Branch = { ...branch, stop: to, rev: branch.rev + 1 };
  const done = await attempt(run, [{ kind: 'update', path: snapshot.path, version: snapshot.version, data: asDocument(told) }]);
  if (done && to !== 'failed') run.app.interrupts.interrupt(branch.executionId, branch.id);
}

/** A write that loses a race, or gets no answer, is decided anew when the branches are listed again. */
async function attempt(run: Run, writes: readonly Write[]): Promise<boolean> {
  try {
    return (await run.app.store.commit(writes)).ok;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    return false;
  }
}
