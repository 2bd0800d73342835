/**
 * The one way in which a branch in a worker's hands is written. A commit carries the branch's expected version and the token (claim, n), where
 * no two commits that a claim sends have the same n.
 *
 *   ok     it landed; `run` holds what is stored
 *   again  it did not land and the branch is still ours: flags or shared documents changed; decide anew and send again
 *   lost   somebody else holds the branch: stop, without a trace
 *   exists the first commit of an execution met documents that are there already
 *
 * An answer that was an error says nothing: the branch is read, and its token tells whether the commit landed. On from there, always from
 * what is stored, never from memory.
 */

import type { NewBranch } from '@automateos/shared/engine/route';
import { partId } from '@automateos/shared/engine/scope';
import { Branch, type Step } from '@automateos/shared/model/branch';
import { Execution } from '@automateos/shared/model/execution';
import { fromInstant } from '@automateos/shared/model/instant';
import type { Join, Loop } from '@automateos/shared/model/join';
import { paths } from '@automateos/shared/model/paths';
import type { Usage } from '@automateos/shared/model/usage';
import { type CommitResult, type Snapshot, StoreUnavailable, type Write } from '@automateos/shared/ports/document-store';
import { meterAtLeast, meterNext, usageAhead } from '../cost/meter.ts';
import { spendWrites } from '../cost/spend.ts';
import { metrics } from '../telemetry/metric-names.ts';
import { announce, announceAt } from './announce.ts';
import { asDocument } from './as-document.ts';
import { baseId, newBranch, stampBranch } from './branch-document.ts';
import { changedAt } from './changed-at.ts';
import { isLarge } from './journal-size.ts';
import { type Run, refOf, stepKey, switchBranch } from './run.ts';

export type Change = {
  /** The branch's next state; revision, claim and due time are set here. */
  readonly branch: Branch;
  readonly created?: readonly NewBranch[];
  readonly joins?: readonly Join[];
  readonly loops?: readonly Loop[];
  readonly execution?: Execution;
  /** Waits, approvals, called executions, the caller's branch. */
  readonly writes?: readonly Write[];
  /** How long the step that this commit starts may take, ms. */
  readonly stepMs?: number;
  /** Messages that its caller sends once it has landed. */
  readonly hints?: number;
  /** The branch waits on for an instant that a timer is set for already. */
  readonly timerSet?: true;
};

/** Of one commit. */
const mostWrites = 500;

export type Committed = 'ok' | 'again' | 'lost' | 'exists';

type Prepared = {
  readonly n: number;
  readonly own: Branch;
  /** The document that this worker goes on with, if it is another one: the next part of the chain or a child. */
  readonly kept: Branch | null;
  readonly children: readonly Branch[];
  readonly execution: Execution | null;
  readonly writes: readonly Write[];
};

export async function checkpoint(run: Run, change: Change): Promise<Committed> {
  const prepared = prepare(run, change);
  let result: CommitResult | null = null;
  try {
    result = await run.app.store.commit(prepared.writes);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    if (run.app.telemetry.metering) run.app.telemetry.add(metrics.commitsUnanswered, 1);
    const { org, executionId, id } = run.branch;
    run.app.logger.warn('commit-unanswered', { organization: org, execution: executionId, branch: id });
  }
  if (result?.ok) {
    if (run.app.settings.plantedBug === 'fork-in-two-commits') await plantChildren(run, prepared.children);
    await adopt(run, prepared, change, result.versions);
    return 'ok';
  }
  return reconcile(run, prepared, change, result);
}

/** What a fork in two commits would do. */
async function plantChildren({ app }: Run, children: readonly Branch[]): Promise<void> {
  if (children.length === 0) return;
  await app.store.commit(children.map((child) => put(paths.branch(child.org, child.executionId, child.id), child, null)));
}

function prepare(run: Run, change: Change): Prepared {
  const { app, claimId } = run;
  const now = app.clock.now();
  run.sent += 1;
  const n = app.settings.plantedBug === 'token-used-twice' ? lastKnown(run) + 1 : run.sent;
  const stepMs = change.stepMs ?? 10_000;
  const crashes = run.progress ? 0 : change.branch.crashes;
  const rolls = change.branch.status === 'running' && isFull(run, change.branch);
  const branch = { ...change.branch, crashes };
  const parts = rolls ? rollOver(branch) : { own: branch, next: null };
  const own = stampBranch(parts.own, { claimId, n, now, stepMs });
  const children = (change.created ?? []).map((created) => newBranch(own, created, run.plan, now));
  let kept = parts.next;
  const goesOn = !app.settings.draining() && run.preludeUntil === null;
  if (!kept && goesOn && (own.status === 'ended' || own.status === 'failed')) {
    const index = children.findIndex((child) => child.pool === own.pool);
    kept = children[index] ?? null;
    if (kept) children.splice(index, 1);
    if (kept) kept = { ...kept, status: 'running' };
  }
  if (kept) kept = stampBranch(kept, { claimId, n: 1, now, stepMs });
  const execution = change.execution ?? (run.patch || run.execution.version === null ? run.execution.data : null);
  const patched = execution && {
    ...execution,
    ...run.patch,
    ...(change.execution && { updatedAt: changedAt(now, run.execution.data.updatedAt) }),
  };
  const next = { own, kept, children, execution: patched };
  const usage = usageOf(run, change, next);
  const before = own.usage;
  own.usage = usage;
  const writes = writesOf(run, change, next);
  const room = mostWrites - writes.length;
  const marks = spendWrites(app, {
    execution: run.execution.data,
    branch: { org: own.org, executionId: own.executionId, id: own.id, usage: before },
    ...{ after: usage, room },
  });
  return { n, ...next, writes: marks.length > 0 ? [...writes, ...marks] : writes };
}

type Next = Pick<Prepared, 'own' | 'kept' | 'children' | 'execution'>;

/** What the branch has used once this commit has landed and been told of: stored in it, and so at no cost of its own. */
function usageOf(run: Run, change: Change, { own, kept, children, execution }: Next): Usage {
  const loose = run.version === null ? [...run.firstWrites, ...(change.writes ?? [])] : (change.writes ?? []);
  const joins = change.joins ?? [];
  const loops = change.loops ?? [];
  const isNew = (known: { readonly version: string } | null | undefined): number => (known ? 0 : 1);
  let created = (run.version === null ? 1 : 0) + (kept ? 1 : 0) + children.length;
  if (execution && run.execution.version === null) created += 1;
  for (const { kind } of loose) if (kind === 'create') created += 1;
  for (const { id } of joins) created += isNew(run.joins.get(id));
  for (const { id } of loops) created += isNew(run.loops.get(id));
  return usageAhead(run.meter, {
    writes: 1 + (kept ? 1 : 0) + children.length + (execution ? 1 : 0) + joins.length + loops.length + loose.length,
    created,
    publishes: children.length + (own.status === 'queued' ? 1 : 0) + (change.hints ?? 0),
    tasks: needsTimer(own, change) ? 1 : 0,
    last: !kept && own.status !== 'running',
  });
}

function writesOf(run: Run, change: Change, next: Next): readonly Write[] {
  const { org, executionId } = run.branch;
  const path = (branch: Branch): string => paths.branch(org, executionId, branch.id);
  // The branch comes first, so that a lost lease is what a failed commit names.
  const writes: Write[] = [put(path(next.own), next.own, run.app.settings.plantedBug === 'no-fence' ? undefined : run.version)];
  if (next.execution) writes.push(put(paths.execution(org, executionId), next.execution, run.execution.version));
  if (next.kept) writes.push(put(path(next.kept), next.kept, null));
  const atOnce = run.app.settings.plantedBug !== 'fork-in-two-commits';
  if (atOnce) for (const child of next.children) writes.push(put(path(child), child, null));
  for (const join of change.joins ?? []) {
    const version =
      run.app.settings.plantedBug === 'join-without-version' ? undefined : (run.joins.get(join.id)?.version ?? null);
    writes.push(put(paths.join(org, executionId, join.id), join, version));
  }
  for (const loop of change.loops ?? []) {
    writes.push(put(paths.join(org, executionId, loop.id), loop, run.loops.get(loop.id)?.version ?? null));
  }
  if (run.version === null) writes.push(...run.firstWrites);
  writes.push(...(change.writes ?? []));
  return writes;
}

function put(path: string, record: object, version: string | null | undefined): Write {
  const data = asDocument(record);
  if (version === undefined) return { kind: 'set', path, data };
  return version === null ? { kind: 'create', path, data } : { kind: 'update', path, data, version };
}

function isFull(run: Run, branch: Branch): boolean {
  const { journalSteps, laneWrites } = run.app.settings;
  if (branch.lane && branch.rev >= laneWrites) return true;
  return branch.steps.length >= journalSteps || isLarge(run, branch);
}

/** The finished steps stay; what is under way goes on in the next part. */
function rollOver(branch: Branch): { readonly own: Branch; readonly next: Branch } {
  const open = (step: Step): boolean => step.scope === branch.at?.scope && step.node === branch.at.node;
  const own: Branch = { ...branch, status: 'rolled', at: null, steps: branch.steps.filter((step) => !open(step)) };
  const { usage: _, ...rest } = branch;
  const next: Branch = {
    ...rest,
    id: partId(baseId(branch.id), branch.k + 1),
    k: branch.k + 1,
    rev: 0,
    steps: branch.steps.filter(open),
  };
  return { own, next };
}

async function adopt(run: Run, prepared: Prepared, change: Change, versions: readonly string[]): Promise<void> {
  const versionOf = new Map(prepared.writes.map((write, index) => [write.path, versions[index] ?? '']));
  const { org, executionId } = run.branch;
  const lookup = (branch: Branch): string => versionOf.get(paths.branch(org, executionId, branch.id)) ?? '';
  if (prepared.execution) {
    run.execution = { data: prepared.execution, version: versionOf.get(paths.execution(org, executionId)) ?? '' };
    run.patch = null;
  }
  for (const join of change.joins ?? []) {
    run.joins.set(join.id, { data: join, version: versionOf.get(paths.join(org, executionId, join.id)) ?? '' });
  }
  for (const loop of change.loops ?? []) {
    run.loops.set(loop.id, { data: loop, version: versionOf.get(paths.join(org, executionId, loop.id)) ?? '' });
  }
  settle(run, prepared.own, lookup(prepared.own));
  if (prepared.kept) goOnWith(run, prepared.kept, lookup(prepared.kept));
  await tellWorkers(run, prepared.children, prepared.own, change);
  // the messages were the branch's that is left behind
  if (prepared.kept) meterNext(run.meter, prepared.kept.usage);
}

function settle(run: Run, branch: Branch, version: string): void {
  run.branch = branch;
  run.version = version;
  run.firstWrites = [];
  run.onFirstCommit?.();
  run.onFirstCommit = null;
  run.progress = false;
  for (const step of branch.steps) run.steps.set(stepKey(step.scope, step.node), step);
}

function goOnWith(run: Run, kept: Branch, version: string): void {
  if (kept.k === 0) {
    switchBranch(run, kept, version);
    return;
  }
  // The next part of the same chain: its earlier steps stay at hand, except those of items and rounds that are over.
  if (kept.lane) for (const key of run.steps.keys()) if (!key.startsWith(`${kept.at?.scope}|`)) run.steps.delete(key);
  for (const step of kept.steps) run.steps.set(stepKey(step.scope, step.node), step);
  run.branch = kept;
  run.version = version;
}

function needsTimer(own: Branch, change: Change): boolean {
  return own.status === 'waiting' && !!own.wait?.wakeAt && !change.timerSet;
}

/** Hints only: whatever goes missing here, the sweep finds. */
async function tellWorkers({ app }: Run, children: readonly Branch[], own: Branch, change: Change): Promise<void> {
  if (own.wait?.wakeAt && needsTimer(own, change)) await announceAt(app, own.pool, refOf(own), fromInstant(own.wait.wakeAt));
  if (own.status === 'queued') await announce(app, own.pool, [refOf(own)]);
  if (children.length === 0) return;
  const pools = new Set(children.map((child) => child.pool));
  for (const pool of pools) await announce(app, pool, children.filter((child) => child.pool === pool).map(refOf));
}

async function reconcile(run: Run, prepared: Prepared, change: Change, result: CommitResult | null): Promise<Committed> {
  const { org, executionId, id } = run.branch;
  const snapshot = await read(run, paths.branch(org, executionId, id));
  const created = run.version === null;
  if (!snapshot) {
    if (!created) return 'lost';
    return result === null ? 'again' : 'exists';
  }
  const stored = Branch.parse(snapshot.data);
  const mine = stored.claim?.id === run.claimId;
  if (mine) meterAtLeast(run.meter, stored.usage);
  if (mine && stored.claim?.n === prepared.n) return landed(run, stored, snapshot.version, prepared, change);
  if (mine && (stored.claim?.n ?? 0) > lastKnown(run)) return overtaken(run, stored, snapshot.version);
  if (created) {
    // Nobody else makes documents under this fresh id: the first commit landed, and others have taken the branch since.
    run.onFirstCommit?.();
    run.onFirstCommit = null;
    return 'lost';
  }
  if (!mine && snapshot.version !== run.version) return 'lost';
  run.branch = { ...run.branch, stop: stored.stop, hold: stored.hold, rev: stored.rev };
  run.version = snapshot.version;
  await forget(run);
  return 'again';
}

/** The token of this claim's last commit that is known to have landed. */
function lastKnown({ branch, claimId }: Run): number {
  return branch.claim?.id === claimId ? branch.claim.n : 0;
}

/**
 * An earlier commit of this claim, given up for lost, has landed after all, and this one was decided from a state that is gone. What is
 * stored counts; what was computed since is computed anew.
 */
async function overtaken(run: Run, stored: Branch, version: string): Promise<Committed> {
  run.patch = null;
  if (run.execution.version === null) run.execution.version = '';
  run.steps.clear();
  settle(run, stored, version);
  await forget(run);
  // It was a roll-over: what is under way goes on in the next part, if that is still in these hands.
  if (stored.status === 'rolled') {
    const next = await read(run, paths.branch(stored.org, stored.executionId, partId(baseId(stored.id), stored.k + 1)));
    const part = next && Branch.parse(next.data);
    if (!next || !part || part.claim?.id !== run.claimId || part.status !== 'running') return 'lost';
    goOnWith(run, part, next.version);
  }
  return 'again';
}

/** What was shared may have changed: look again before deciding again. */
async function forget(run: Run): Promise<void> {
  run.joins.clear();
  run.loops.clear();
  if (run.execution.version === null) return;
  const { org, executionId } = run.branch;
  const snapshot = await read(run, paths.execution(org, executionId));
  if (snapshot) run.execution = { data: Execution.parse(snapshot.data), version: snapshot.version };
}

async function landed(run: Run, stored: Branch, version: string, prepared: Prepared, change: Change): Promise<Committed> {
  run.patch = null;
  if (run.execution.version === null) run.execution.version = '';
  settle(run, stored, version);
  await forget(run);
  let held = true;
  if (prepared.kept) {
    const snapshot = await read(run, paths.branch(stored.org, stored.executionId, prepared.kept.id));
    const kept = snapshot && Branch.parse(snapshot.data);
    held = kept?.claim?.id === run.claimId && kept.status === 'running';
    if (snapshot && kept && held) goOnWith(run, kept, snapshot.version);
  }
  await tellWorkers(run, prepared.children, stored, change);
  if (prepared.kept && held) meterNext(run.meter, run.branch.usage);
  return held ? 'ok' : 'lost';
}

/** Reads through outages for as long as the lease lasts; past it, somebody else will go on. */
async function read(run: Run, path: string): Promise<Snapshot | null> {
  const until = run.app.clock.now() + 60_000;
  for (let pause = 50; ; pause = Math.min(pause * 2, 5_000)) {
    try {
      return await run.app.store.get(path);
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || run.app.clock.now() > until) throw error;
      await run.app.clock.sleep(pause);
    }
  }
}
