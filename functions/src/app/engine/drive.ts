/**
 * Carries a claimed branch as far as it goes: step after step, until it ends, waits, is handed back, or is lost to another worker.
 * Every turn looks at what is recorded and does the next thing; a commit that did not land just means another turn.
 */

import { type PlanNode, planNode } from '@automateos/shared/engine/plan';
import { doneName, parseScope } from '@automateos/shared/engine/scope';
import type { Position, Step } from '@automateos/shared/model/branch';
import type { DeadLetter } from '@automateos/shared/model/dead-letter';
import { toInstant } from '@automateos/shared/model/instant';
import type { StepFailure } from '@automateos/shared/model/step-error';
import { StoreUnavailable, type Write } from '@automateos/shared/ports/document-store';
import type { NodeType } from '@automateos/shared/ports/node-runtime';
import { eventWrites } from '../outgoing-webhooks/delivery-writes.ts';
import { deadLetterEvent } from '../outgoing-webhooks/webhook-event.ts';
import { deadLettered } from '../telemetry/branch-events.ts';
import { branchSpans } from '../telemetry/branch-spans.ts';
import { observeStep } from '../telemetry/observe-step.ts';
import { type Committed, checkpoint } from './checkpoint.ts';
import { controlStep } from './control-step.ts';
import { effectStep } from './effect-step.ts';
import { deadLetter, deadLetterId, failExecution, failStep, letterWrite } from './fail-step.ts';
import { stopHere } from './finish-execution.ts';
import { isLarge } from './journal-size.ts';
import { move } from './move.ts';
import { pureStep } from './pure-step.ts';
import { putStep, type Run } from './run.ts';
import { afterUndo, isOver, runStop } from './stop-branch.ts';
import { isTooLate } from './time-left.ts';
import { nextRound } from './while-round.ts';

/** Pure steps run without a pause for at most this long. */
const breathMs = 10;

export async function drive(run: Run): Promise<Committed> {
  const spans = branchSpans(run);
  if (!spans) return turns(run, turn);
  try {
    return await turns(run, () => spans.within(() => turn(run)));
  } finally {
    spans.end();
  }
}

async function turns(run: Run, next: (run: Run) => Promise<Committed>): Promise<Committed> {
  const { clock } = run.app;
  let breath = clock.now();
  while (run.branch.status === 'running') {
    const committed = await next(run);
    if (committed === 'lost' || committed === 'exists') return committed;
    // A start that the store does not answer fails, as it is not promised yet: whoever asked for it asks again.
    if (committed === 'again' && run.preludeUntil !== null && run.version === null) throw new StoreUnavailable('not stored');
    if (committed === 'again') await clock.sleep(0);
    if (clock.now() - breath > breathMs) {
      await clock.sleep(0);
      breath = clock.now();
    }
  }
  return 'ok';
}

async function turn(run: Run): Promise<Committed> {
  const { branch } = run;
  const at = branch.at;
  if (!at) throw new RangeError(`Branch ${branch.id} runs nowhere`);
  if (at.node === '$stop') return runStop(run);
  if (branch.stop && !branch.stopState) return stopHere(run);
  if (isPreludeOver(run) || branch.hold || (run.version !== null && (run.app.settings.draining() || isTooLate(run, 0))))
    return handBack(run);
  if (at.node === '$start') return start(run, at);
  return stepTurn(run, at);
}

/** The first commit has handed it over, or computing it would keep whoever starts it waiting. */
function isPreludeOver({ preludeUntil, version, app }: Run): boolean {
  return preludeUntil !== null && (version !== null || app.clock.now() >= preludeUntil);
}

/** Paused, or this process or its time is about to end: what is done is stored, somebody else goes on. */
function handBack(run: Run): Promise<Committed> {
  return checkpoint(run, { branch: { ...run.branch, status: 'queued', hold: false } });
}

function start(run: Run, at: Position): Promise<Committed> {
  const item = parseScope(at.scope);
  if (!item) return move(run, { kind: 'start', trigger: run.execution.data.trigger.nodeId });
  const container = planNode(run.plan, item.container);
  return container.container === 'while' ? nextRound(run, container, item) : move(run, { kind: 'start' });
}

async function stepTurn(run: Run, at: Position): Promise<Committed> {
  const node = planNode(run.plan, at.node);
  const step = run.branch.steps.findLast((entry) => entry.node === at.node && entry.scope === at.scope);
  if (run.branch.stopState && step && isOver(step)) return afterUndo(run);
  if (step && (step.status === 'succeeded' || step.handled))
    return move(run, { kind: isAtEntry(run, node) ? 'leave' : 'finished', step });
  if (step?.status === 'failed')
    return step.deadLetter
      ? buried(run, deadLetter(run, step, step.deadLetter), (letter) => failExecution(run, step, letter))
      : failExecution(run, step);
  const seed = at.scope === '' ? run.seeds.get(at.node) : undefined;
  // What has an effect stores its start anyway, and the journal goes on in a new document then. What has waited stays where it is known.
  if (!step && (seed || node.effect !== 'effect') && isLarge(run, run.branch)) return checkpoint(run, { branch: run.branch });
  if (seed) {
    if (node.container) return move(run, { kind: 'leave', step: seed });
    putStep(run, seed);
    return 'ok';
  }
  if (node.disabled) {
    putStep(run, passThrough(run, at, node.defaultPort));
    return 'ok';
  }
  if (node.pool !== run.branch.pool && node.effect === 'effect') {
    return checkpoint(run, { branch: { ...run.branch, status: 'queued', pool: node.pool } });
  }
  if (run.branch.crashes >= run.app.settings.maxCrashes) return crashed(run, at, step);
  if (run.version !== null && node.effect === 'effect' && isTooLate(run, node.timeoutMs)) return handBack(run);
  const type = typeOf(run, node.type);
  if (run.preludeUntil !== null && type.kind !== 'pure') return handBack(run);
  switch (type.kind) {
    case 'pure':
      return observeStep(run, node, at.scope, () => pureStep(run, node, type, at.scope));
    case 'effect':
      return effectStep(run, node, type, at.scope);
    case 'control':
      return observeStep(run, node, at.scope, () => controlStep(run, node, type, at.scope));
  }
}

/** What follows a container is always in a branch of its own, where others look for its step: also if it failed before it was entered. */
function isAtEntry(run: Run, node: PlanNode): boolean {
  return node.container !== null && run.branch.first !== doneName(node.id);
}

/** The store counts crashes, not the queue: a step that keeps killing its worker is failed by whoever claims it next. */
function crashed(run: Run, at: Position, step: Step | undefined): Promise<Committed> {
  const { crashes } = run.branch;
  const failure: StepFailure = {
    code: 'CRASHED',
    message: `The worker ended ${crashes} times in a row while this step ran`,
    class: 'other',
    retryable: false,
  };
  const startedAt = step?.startedAt ?? toInstant(run.app.clock.now());
  const found = step ?? { node: at.node, scope: at.scope, attempt: 1, generation: 1, startedAt };
  const failed = { ...found, failure, deadLetter: deadLetterId(run, found) };
  run.progress = true; // stored with the failure: what follows starts without crashes
  return buried(run, deadLetter(run, failed, failed.deadLetter), (letter) => failStep(run, failed, letter));
}

/** The commit that writes a dead letter: told of once it has landed. */
async function buried(run: Run, letter: DeadLetter, write: (letter: readonly Write[]) => Promise<Committed>): Promise<Committed> {
  const { app, branch } = run;
  const told = await eventWrites(app, branch.org, deadLetterEvent(app, branch.org, letter));
  const committed = await write([letterWrite(branch.org, letter), ...told.writes]);
  if (committed !== 'ok') return committed;
  deadLettered(app, branch);
  await told.announce();
  return committed;
}

function typeOf(run: Run, name: string): NodeType {
  const type = run.app.nodeTypes.get(name);
  if (!type) throw new RangeError(`Node type ${name} is not installed in this process`);
  return type;
}

function passThrough(run: Run, at: Position, port: string) {
  const now = toInstant(run.app.clock.now());
  const base = { node: at.node, scope: at.scope, attempt: 1, generation: 1, startedAt: now, endedAt: now };
  return { ...base, status: 'succeeded', port, output: { v: null } } as const;
}
