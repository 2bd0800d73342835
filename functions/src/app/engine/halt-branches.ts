/**
 * Puts the branches of an execution to rest, or tells the workers that hold them. Every such write is part of a checkpoint of the stop's
 * own branch: a stop whose lease has passed to another worker, or whose execution has been retried since, can halt nothing any more.
 */
import { Branch } from '@automateos/shared/model/branch';
import type { StopTarget } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot, Write } from '@automateos/shared/ports/document-store';
import { asDocument } from './as-document.ts';
import { changedAt, lastChange } from './changed-at.ts';
import { checkpoint } from './checkpoint.ts';
import { isLeased } from './claim.ts';
import { stopWrites } from './request-stop.ts';
import type { Run } from './run.ts';

type Halt = {
  readonly writes: readonly Write[];
  /** Somebody works on it: it is at rest only when it says so itself. */
  readonly live: boolean;
  readonly afterwards: () => Promise<void>;
};

/** Branches halted in one commit; where one of them has changed meanwhile, one by one. */
const atOnce = 50;

/** How many are still live (workers have been told, or will find out), or `lost` where this stop is in other hands. */
export async function haltBranches(run: Run, to: StopTarget): Promise<number | 'lost'> {
  const { org, executionId } = run.branch;
  const found = await run.app.store.query({
    collection: paths.branches(org, executionId),
    where: [['status', 'in', ['queued', 'running', 'waiting']]],
  });
  const halts: Halt[] = [];
  let live = 0;
  for (const snapshot of found) {
    const branch = Branch.parse(snapshot.data);
    if (branch.at?.node === '$stop' || branch.stopState) continue;
    const working = branch.status === 'running' && isLeased(run.app, branch);
    if (working) live += 1;
    if (!working) halts.push(await rest(run, snapshot, branch));
    else if (!branch.stop) halts.push(tell(run, snapshot, branch, to));
  }
  for (let at = 0; at < halts.length; at += atOnce) {
    const missed = await halt(run, halts.slice(at, at + atOnce));
    if (missed === 'lost') return 'lost';
    live += missed;
  }
  return run.app.settings.plantedBug === 'stop-does-not-wait' ? 0 : live;
}

/** The number of branches that should be at rest and are not: they changed, and are looked at when the branches are listed again. */
async function halt(run: Run, halts: readonly Halt[]): Promise<number | 'lost'> {
  const committed = await checkpoint(run, { branch: run.branch, writes: halts.flatMap(({ writes }) => writes) });
  if (committed === 'ok') {
    for (const { afterwards } of halts) await afterwards();
    return 0;
  }
  if (committed !== 'again') return 'lost';
  if (halts.length === 1) return halts.filter(({ live }) => !live).length;
  let missed = 0;
  for (const one of halts) {
    const alone = await halt(run, [one]);
    if (alone === 'lost') return 'lost';
    missed += alone;
  }
  return missed;
}

/** Nobody works on it: it stands still where it is. A step found started stays so: it is in doubt. */
async function rest({ app }: Run, snapshot: Snapshot, branch: Branch): Promise<Halt> {
  const stopped: Branch = { ...branch, status: 'stopped', due: null, claim: null, stop: null, rev: branch.rev + 1 };
  const writes: Write[] = [{ kind: 'update', path: snapshot.path, version: snapshot.version, data: asDocument(stopped) }];
  const { wait, org, executionId } = branch;
  if (branch.status === 'waiting' && (wait?.kind === 'callback' || wait?.kind === 'approval')) {
    const path = wait.kind === 'callback' ? paths.wait(org, executionId, wait.token) : paths.approval(org, wait.token);
    const there = await app.store.get(path);
    if (there?.data.status === 'pending') {
      const data = { ...there.data, status: 'closed', updatedAt: changedAt(app.clock.now(), lastChange(there)) };
      writes.push({ kind: 'update', path, version: there.version, data });
    }
  }
  const called =
    wait?.kind === 'call'
      ? await stopWrites(app, org, wait.executionId, { to: 'cancelled', reason: { by: 'its caller' } })
      : 'absent';
  if (typeof called === 'string') return { writes, live: false, afterwards: async () => {} };
  return { writes: [...writes, ...called.writes], live: false, afterwards: called.announce };
}

/** The worker's next checkpoint fails on the new version, finds its own claim with `stop`, records its step and rests. */
function tell({ app }: Run, snapshot: Snapshot, branch: Branch, to: StopTarget): Halt {
  const told: Branch = { ...branch, stop: to, rev: branch.rev + 1 };
  return {
    writes: [{ kind: 'update', path: snapshot.path, version: snapshot.version, data: asDocument(told) }],
    live: true,
    afterwards: async () => {
      if (to !== 'failed') app.interrupts.interrupt(branch.executionId, branch.id);
    },
  };
}
