/**
 * The live events of an execution: every step's states and the execution's own, history first, then as they happen, then the end. In the
 * order of each branch's journal; states that a slow reader missed are left out, the last state of every step never is.
 */
import { parseScope } from '@automateos/shared/engine/scope';
import { isTerminal } from '@automateos/shared/model/execution';
import type { ExecutionEvent } from '@automateos/shared/model/execution-view';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { priceExecution } from '../cost/price-execution.ts';
import { deriveStatus } from './derive-status.ts';
import { type DerivedStep, deriveSteps, stepKey } from './derive-steps.ts';
import {
  chainsOf,
  decodeCursor,
  type EventCursor,
  encodeCursor,
  type JournalChain,
  startCursor,
  stateOf,
} from './event-cursor.ts';
import { followExecution } from './follow-execution.ts';
import { presentStep } from './present-step.ts';
import { presentSummary } from './read-execution-view.ts';
import type { Journal } from './read-journal.ts';

/** Steps inside a for-each with more items than this are told by the for-each's own progress only. */
const itemLimit = 100;
/** Characters of a step's values in one event. */
const valueLimit = 256 * 1024;

export type WatchedEvent = { readonly id: string; readonly event: ExecutionEvent };

export type WatchRequest = { readonly executionId: string; readonly after: string | null; readonly signal: AbortSignal };

/** Ends when the execution has. Throws NOT_FOUND and MALFORMED_REQUEST before the first event. */
export async function* watchExecution(app: App, principal: Principal, request: WatchRequest): AsyncGenerator<WatchedEvent, void> {
  requirePermission(principal, 'executions.read');
  const cursor = request.after === null ? startCursor : decodeCursor(request.after);
  const followed = await followExecution(app, principal.org, request.executionId);
  request.signal.addEventListener('abort', followed.close, { once: true });
  try {
    const teller = createTeller(app, cursor);
    for (;;) {
      const journal = await followed.journal();
      if (journal === null) return;
      yield* teller(journal);
      if (isTerminal(journal.execution.status) || request.signal.aborted) return;
      await followed.changed();
      if (request.signal.aborted) return;
    }
  } finally {
    request.signal.removeEventListener('abort', followed.close);
    followed.close();
  }
}

/** Remembers what it told: by step for itself, by branch for the cursor. */
function createTeller(app: App, cursor: EventCursor): (journal: Journal) => AsyncGenerator<WatchedEvent, void> {
  const told = new Map<string, string>();
  const seen = new Map(cursor.branches);
  let { execution, generation, skipped } = cursor;
  let first = true;
  const id = () => encodeCursor({ generation, execution, skipped, branches: seen });

  return async function* tell(journal) {
    const chains = chainsOf(journal.branches);
    const steps = deriveSteps(journal).filter((step) => isTold(step, journal));
    if (first) recall(told, chains, cursor, steps);
    first = false;
    if (journal.execution.generation !== generation) {
      generation = journal.execution.generation;
      skipped = 0;
    }
    const status = deriveStatus(journal.execution, journal.branches);
    const state = `${status}${journal.execution.stopping === null ? '' : '-stop'}`;
    const isOver = isTerminal(journal.execution.status);
    const summary = (): WatchedEvent => {
      execution = state;
      return {
        id: id(),
        event: {
          type: 'execution',
          execution: { ...presentSummary(journal.execution, status), cost: priceExecution(app, journal) },
        },
      };
    };
    const stepEvent = async (step: DerivedStep): Promise<WatchedEvent> => {
      const view = await presentStep(app, journal, step, { left: valueLimit });
      return { id: id(), event: { type: 'step', step: view } };
    };

    if (!isOver && state !== execution) yield summary();
    for (const { chain, at, step } of inOrder(chains, steps)) {
      const key = stepKey(step.scope, step.nodeId);
      const now = stateAndProgress(step);
      const isNews = told.get(key) !== now;
      told.set(key, now);
      seen.set(chain.key, { entries: at + 1, last: now.split('@', 1)[0] ?? '' });
      if (isNews) yield await stepEvent(step);
    }
    if (!isOver) return;
    for (const step of steps.filter(({ status: of }) => of === 'skipped').slice(skipped)) {
      skipped += 1;
      yield await stepEvent(step);
    }
    if (state !== execution) yield summary();
  };
}

type Told = { readonly chain: JournalChain; readonly at: number; readonly step: DerivedStep };

/**
 * Entries in the order of their journals, the journals merged by time. An entry that another journal has superseded (a loop is entered by
 * one branch and left by another) is left out.
 */
function inOrder(chains: readonly JournalChain[], steps: readonly DerivedStep[]): readonly Told[] {
  const newest = new Map(steps.map((step) => [step.entry, step]));
  const found: (Told & { readonly time: string })[] = [];
  for (const chain of chains) {
    let time = '';
    chain.entries.forEach((entry, at) => {
      if (entry.startedAt > time) time = entry.startedAt;
      const step = newest.get(entry);
      if (step !== undefined) found.push({ chain, at, step, time });
    });
  }
  return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)); // stable: journals stay in order
}

/** A for-each tells how far it is, in steps of a hundredth. */
function stateAndProgress({ entry, items, status }: DerivedStep): string {
  if (entry === null) return '';
  return items === null || status !== 'running'
    ? stateOf(entry)
    : `${stateOf(entry)}@${Math.floor((100 * items.done) / items.total)}`;
}

function isTold(step: DerivedStep, { loops }: Journal): boolean {
  for (let scope = parseScope(step.scope); scope !== null; scope = parseScope(scope.parent)) {
    const { parent, container } = scope;
    const loop = loops.find((one) => one.node === container && one.scope === parent);
    if (loop !== undefined && loop.count > itemLimit) return false;
  }
  return true;
}

/** What the holder of the cursor was told: of each branch all entries but the last as they are now, the last as it was then. */
function recall(
  told: Map<string, string>,
  chains: readonly JournalChain[],
  cursor: EventCursor,
  steps: readonly DerivedStep[],
): void {
  const byEntry = new Map(steps.map((step) => [step.entry, step]));
  for (const { key, entries } of chains) {
    const before = cursor.branches.get(key);
    if (before === undefined) continue;
    entries.slice(0, before.entries).forEach((entry, at) => {
      const step = byEntry.get(entry);
      if (step === undefined) return;
      const isSame = at < before.entries - 1 || before.last === stateOf(entry);
      told.set(stepKey(entry.scope, entry.node), isSame ? stateAndProgress(step) : before.last);
    });
  }
}
