/**
 * The invariants that can be told from one commit and what was there before it: looked at in the moment it lands, whoever sent it and
 * whether or not the sender ever hears of it. Reads stored documents as they are; the engine's own reading of them is what is on trial.
 */
import type { Branch, Step } from '@automateos/shared/model/branch';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { Join, Loop } from '@automateos/shared/model/join';
import { paths } from '@automateos/shared/model/paths';
import type { Snapshot } from '@automateos/shared/ports/document-store';
import { kindOf } from './document-kinds.ts';
import type { Journal, Journals } from './journals.ts';
import { sameJson } from './same-json.ts';
import { epochMs } from './sim-app.ts';
import type { Landed } from './sim-store.ts';
import { hold } from './violation.ts';
import type { Process } from './world.ts';

type Look = {
  readonly writer: Process;
  readonly now: number;
  readonly landed: readonly Landed[];
  readonly journals: Journals;
  /** Documents as they are after the commit. */
  readonly get: (path: string) => Snapshot | null;
  readonly branchesOf: (path: string) => Iterable<Snapshot>;
};

const ended: ReadonlySet<Branch['status']> = new Set(['ended', 'failed', 'stopped', 'rolled']);

export const isOver = (step: Step): boolean => step.status === 'succeeded' || step.status === 'failed';

/** Stored documents are what the engine wrote: its own records. */
const as = <T>(snapshot: Snapshot | null): T | null => (snapshot ? (snapshot.data as T) : null);

export function watchCommit(look: Look): void {
  for (const each of look.landed) {
    const kind = kindOf(each.path);
    const data = each.after?.data;
    if (data && kind.kind !== 'other' && 'org' in data)
      hold('I14 tenancy', data.org === kind.org, () => `${each.path} says ${String(data.org)}`);
    switch (kind.kind) {
      case 'execution':
        watchExecution(look, each);
        break;
      case 'branch':
        watchBranch(look, each, kind);
        break;
      case 'join':
        watchJoin(each);
        break;
      case 'approval':
        watchDecision(each);
        break;
      case 'idempotency':
        if (each.before)
          hold(
            'I2 one execution per key',
            each.before.data.executionId === data?.executionId,
            () => `${each.path} changed hands`,
          );
        break;
      case 'wait':
        watchAnswer(each);
        break;
      case 'other':
        break;
    }
  }
}

function watchExecution(look: Look, { path, before, after }: Landed): void {
  const was = as<Execution>(before);
  const is = as<Execution>(after);
  hold('I1 existence', is !== null, () => `${path} was deleted`);
  if (!was) {
    const begins = is.status === 'running' || is.status === 'queued' || is.status === 'succeeded';
    hold('I9 status', begins, () => `${path} begins as ${is.status}`);
    watchEnd(look, path, is);
    return;
  }
  if (isTerminal(was.status)) {
    const retried = is.status === 'running' && is.generation === was.generation + 1 && was.status !== 'succeeded';
    hold(
      'I9 status',
      retried,
      () => `${path}: ${was.status} (generation ${was.generation}) became ${is.status} (${is.generation})`,
    );
    return;
  }
  hold(
    'I9 status',
    is.generation === was.generation,
    () => `${path}: generation ${was.generation} became ${is.generation} while it ran`,
  );
  hold('I9 status', !(was.status === 'running' && is.status === 'queued'), () => `${path}: running became queued`);
  if (was.stopping && !isTerminal(is.status)) hold('I9 status', is.stopping !== null, () => `${path}: the stop was forgotten`);
  if (!isTerminal(is.status)) return;
  if (is.status === 'succeeded')
    hold('I9 status', was.stopping === null, () => `${path} succeeded although it was being stopped`);
  else hold('I9 status', was.stopping?.to === is.status, () => `${path} became ${is.status} without such a stop`);
  watchEnd(look, path, is);
}

/** I3: an execution that is over has no branch that could go on. */
function watchEnd(look: Look, path: string, is: Execution): void {
  if (!isTerminal(is.status)) return;
  for (const { path: at, data } of look.branchesOf(paths.branches(is.org, is.id))) {
    const { status } = data as Pick<Branch, 'status'>;
    hold('I3 rest', ended.has(status), () => `${path} is ${is.status} while ${at} is ${status}`);
  }
}

function watchBranch(look: Look, each: Landed, { org, executionId }: { org: string; executionId: string }): void {
  const { path, before, after } = each;
  const was = as<Branch>(before);
  const is = as<Branch>(after);
  hold('I4 journal', is !== null, () => `${path} was deleted`);
  const executionPath = paths.execution(org, executionId);
  const execution = as<Execution>(look.get(executionPath));
  hold('I1 existence', execution !== null, () => `${path} has no execution`);
  if (isTerminal(execution.status)) {
    hold(
      'I6 nothing after the end',
      look.landed.some((one) => one.path === executionPath),
      () => `${path} was written after ${execution.status}`,
    );
  }
  const journal = look.journals.of(executionId);
  if (was) {
    watchHolder(look, path, was, is);
    const retried = (was.status === 'failed' || was.status === 'stopped') && is.status === 'queued';
    hold('I9 status', !ended.has(was.status) || retried, () => `${path}: ${was.status} became ${is.status}`);
    for (const step of was.steps) watchKept(look, each, { step, is, retried });
  }
  for (const step of is.steps) watchStep(look, each, { step, was, journal });
}

/** I6: only the holder of the newest commit writes the branch on; a lease is taken over only once it has ended. */
function watchHolder(look: Look, path: string, was: Branch, is: Branch): void {
  hold('I6 revisions', is.rev > was.rev, () => `${path}: revision ${was.rev} became ${is.rev}`);
  if (was.claim && is.claim && was.claim.id === is.claim.id) {
    const [before, after] = [was.claim.n, is.claim.n];
    hold('I6 tokens', after >= before, () => `${path}: commit ${before} was followed by ${after}`);
    return;
  }
  if (was.status !== 'running' || !was.claim) return;
  const clock = epochMs + look.now + look.writer.skewMs;
  const until = was.claim.leaseUntil;
  hold(
    'I6 leases',
    Date.parse(until) <= clock,
    () => `${path}: ${look.writer.name} took it from a holder whose lease lasts until ${until}`,
  );
}

type Kept = { readonly step: Step; readonly is: Branch; readonly retried: boolean };

/** I5: what is over stays as it is; a failed step may be given up by a retry. What is under way keeps its key. */
function watchKept(look: Look, { path }: Landed, { step, is, retried }: Kept): void {
  if (step.status === 'running') {
    const next = is.steps.find((other) => other.node === step.node && other.scope === step.scope);
    const same = next === undefined || next.generation === step.generation;
    hold('I11 keys', same, () => `${path}: ${step.scope}|${step.node} was interrupted and gets another key`);
  }
  if (!isOver(step)) return;
  if (retried && step.status === 'failed' && !step.handled) return;
  const same = (other: Step): boolean => other.node === step.node && other.scope === step.scope;
  let kept = is.steps.find(same);
  if (!kept && is.status === 'rolled') {
    for (const one of look.landed) if (!one.before) kept ??= as<Branch>(one.after)?.steps?.find(same);
  }
  hold('I5 finished steps stay', kept !== undefined, () => `${path}: ${step.scope}|${step.node} vanished`);
  hold(
    'I5 finished steps stay',
    sameJson(step, kept),
    () => `${path}: ${step.scope}|${step.node} changed from ${JSON.stringify(step)} to ${JSON.stringify(kept)}`,
  );
}

type Seen = { readonly step: Step; readonly was: Branch | null; readonly journal: Journal };

function watchStep(look: Look, { path }: Landed, { step, was, journal }: Seen): void {
  const old = was?.steps.find((other) => other.node === step.node && other.scope === step.scope);
  if (old === step) return;
  if (!isOver(step)) {
    if (step.status === 'running') look.journals.started(journal.executionId, step);
    return;
  }
  if (old && isOver(old) && old.generation === step.generation) return;
  const known = journal.finished(step.scope, step.node);
  const moved =
    known !== undefined && look.landed.some((one) => one.path === known.path && one.path !== path) && sameJson(known.step, step);
  if (known && !moved) {
    const mended = known.step.status === 'failed' && !known.step.handled && step.generation > known.step.generation;
    hold(
      'I5 one outcome per step and generation',
      mended,
      () =>
        `${path}: ${step.scope}|${step.node} ended as generation ${step.generation} although ${known.path} has it as ${known.step.status}, generation ${known.step.generation}`,
    );
  }
  journal.finish(path, step);
}

/** I7: arrivals are never lost, a join fires once. */
function watchJoin({ path, before, after }: Landed): void {
  const was = as<Join & Loop>(before);
  const is = as<Join & Loop>(after);
  hold('I7 joins', is !== null, () => `${path} was deleted`);
  if (!was) return;
  hold('I7 joins', is.rev > was.rev, () => `${path}: revision ${was.rev} became ${is.rev}`);
  if (was.failed) hold('I7 loops', is.failed !== null, () => `${path}: its failure was forgotten`);
  for (const [edge, state] of Object.entries(was.arrived ?? {})) {
    const now = is.arrived[edge];
    hold('I7 joins', now === state || (state === 2 && now !== undefined), () => `${path}: the arrival of ${edge} was lost`);
  }
  if (was.fired) hold('I7 joins', is.fired, () => `${path}: it can fire again`);
  if (was.done) hold('I7 joins', sameJson(was.arrived, is.arrived), () => `${path}: something arrived after all had`);
}

/** What somebody was told is answered stays answered. */
function watchAnswer({ path, before, after }: Landed): void {
  if (before?.data.status !== 'answered') return;
  hold('decided once', after?.data.status === 'answered', () => `${path} was answered and became ${String(after?.data.status)}`);
}

function watchDecision({ path, before, after }: Landed): void {
  const was = before?.data.status;
  if (was === 'approved' || was === 'rejected')
    hold('decided once', after?.data.status === was, () => `${path} was ${was} already`);
}
