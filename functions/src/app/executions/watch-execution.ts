/**
 * The live events of an execution: every step's states and log lines and the execution's own, history first, then as they happen, then the
 * end. In the order of each branch's journal; states that a slow reader missed are left out, the last state of every step never is.
 */
import type { LiveItem } from '@automateos/shared/model/live-event';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { stepKey } from './derive-steps.ts';
import { decodeCursor, type EventCursor, encodeCursor, startCursor, stateOf, toldLines } from './event-cursor.ts';
import { openExecution } from './follow-execution.ts';
import { type JournalView, stateAndProgress, type TellableStep } from './journal-view.ts';

export type WatchRequest = { readonly executionId: string; readonly after: string | null; readonly signal: AbortSignal };

/** Ends when the execution has. Throws NOT_FOUND and MALFORMED_REQUEST before the first event. */
export async function* watchExecution(app: App, principal: Principal, request: WatchRequest): AsyncGenerator<LiveItem, void> {
  requirePermission(principal, 'executions.read');
  const { executionId, signal } = request;
  const { org } = principal;
  const cursor = request.after === null ? startCursor : decodeCursor(request.after);
  const { shared, leave } = app.live.join(`execution/${org}/${executionId}`, () => openExecution(app, org, executionId));
  try {
    shared.joined();
    const tell = createTeller(cursor);
    while (!signal.aborted) {
      const view = await shared.look();
      if (view === null) return;
      yield* tell(view);
      if (view.isOver) return;
      await shared.changed(view.revision, signal);
    }
  } finally {
    leave();
  }
}

/** Remembers what it told: by step for itself, by branch for the cursor. */
function createTeller(cursor: EventCursor): (view: JournalView) => AsyncGenerator<LiveItem, void> {
  const told = new Map<string, string>();
  const seen = new Map(cursor.branches);
  let { execution, generation, skipped } = cursor;
  let first = true;
  const id = () => encodeCursor({ generation, execution, skipped, branches: seen });

  /** The lines that came with this state, each an event; the cursor says how many of them were told until the state itself is. */
  function* tellLines({ chain, at, key, step, lines }: TellableStep): Generator<LiveItem, void> {
    if (step.entry === null) return;
    const before = told.get(key) ?? 'n0-0';
    const { generation: of, attempt } = step.entry;
    const mark = seen.get(chain.key);
    const resumed = mark?.entries === at + 1 ? mark.lines : undefined;
    const from = toldLines(before, step.entry) ? lines.length : resumed?.of === `${of}-${attempt}` ? resumed.count : 0;
    for (const [index, log] of lines.slice(from).entries()) {
      const last = before.split('@', 1)[0] ?? '';
      seen.set(chain.key, { entries: at + 1, last, lines: { of: `${of}-${attempt}`, count: from + index + 1 } });
      yield { id: id(), event: { type: 'log', log } };
    }
  }

  return async function* tell(view) {
    if (first) recall(told, view, cursor);
    first = false;
    if (view.generation !== generation) {
      generation = view.generation;
      skipped = 0;
    }
    const summary = (): LiveItem => {
      execution = view.state;
      return { id: id(), event: view.summary() };
    };
    if (!view.isOver && view.state !== execution) yield summary();
    for (const one of view.steps) {
      const { chain, at, step, key, now } = one;
      const isNews = told.get(key) !== now;
      if (isNews) yield* tellLines(one);
      told.set(key, now);
      // never back: what comes later in this journal was told before, and an event of another journal may be next
      if (at + 1 >= (seen.get(chain.key)?.entries ?? 0))
        seen.set(chain.key, { entries: at + 1, last: now.split('@', 1)[0] ?? '' });
      if (isNews) yield { id: id(), event: await view.step(step) };
    }
    if (!view.isOver) return;
    for (const step of view.skipped.slice(skipped)) {
      skipped += 1;
      yield { id: id(), event: await view.step(step) };
    }
    if (view.state !== execution) yield summary();
  };
}

/** What the holder of the cursor was told: of each branch all entries but the last as they are now, the last as it was then. */
function recall(told: Map<string, string>, view: JournalView, cursor: EventCursor): void {
  const byEntry = new Map(view.steps.map(({ step }) => [step.entry, step]));
  for (const { key, entries } of view.chains) {
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
