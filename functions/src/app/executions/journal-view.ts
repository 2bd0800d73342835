/** One look at an execution, as all its watchers share it: what can be told is worked out once, whoever many listen. */
import { parseScope } from '@automateos/shared/engine/scope';
import { type ExecutionStatus, isTerminal } from '@automateos/shared/model/execution';
import type { LogLineView } from '@automateos/shared/model/execution-view';
import type { LiveEvent } from '@automateos/shared/model/live-event';
import type { App } from '../app-context.ts';
import { priceExecution } from '../cost/price-execution.ts';
import { deriveStatus } from './derive-status.ts';
import { type DerivedStep, deriveSteps, stepKey } from './derive-steps.ts';
import { chainsOf, type JournalChain, stateOf } from './event-cursor.ts';
import { linesOf } from './log-lines.ts';
import { presentStep } from './present-step.ts';
import { presentSummary } from './read-execution-view.ts';
import type { Journal } from './read-journal.ts';

/** Steps inside a for-each with more items than this are told by the for-each's own progress only. */
const itemLimit = 100;
/** Characters of a step's values in one event. */
const valueLimit = 256 * 1024;
/** Presented steps kept for the next watcher. */
const keptSteps = 64;

/** A step where its journal has it. `now`: its state, with a for-each's progress. */
export type TellableStep = {
  readonly step: DerivedStep;
  readonly key: string;
  readonly now: string;
  readonly chain: JournalChain;
  readonly at: number;
  readonly lines: readonly LogLineView[];
};

export type JournalView = {
  /** Grows with each change. */
  readonly revision: number;
  readonly generation: number;
  readonly isOver: boolean;
  /** The execution's own state, for cursors. */
  readonly state: string;
  readonly chains: readonly JournalChain[];
  /** In the order in which they are told. */
  readonly steps: readonly TellableStep[];
  /** Told once the execution is over. */
  readonly skipped: readonly DerivedStep[];
  summary(): LiveEvent;
  step(step: DerivedStep): Promise<LiveEvent>;
};

export async function viewJournal(app: App, journal: Journal, revision: number): Promise<JournalView> {
  const { execution } = journal;
  const chains = chainsOf(journal.branches);
  const derived = (await deriveSteps(app.clock, journal)).filter((step) => isTold(step, journal));
  const status: ExecutionStatus = deriveStatus(execution, journal.branches);
  const presented = new Map<DerivedStep, Promise<LiveEvent>>();
  let summary: LiveEvent | null = null;

  async function present(step: DerivedStep): Promise<LiveEvent> {
    return { type: 'step', step: await presentStep(app, journal, step, { left: valueLimit }) };
  }

  return {
    ...{ revision, chains, generation: execution.generation, isOver: isTerminal(execution.status) },
    state: `${status}${execution.stopping === null ? '' : '-stop'}`,
    steps: inOrder(chains, derived),
    skipped: derived.filter((step) => step.status === 'skipped'),
    summary() {
      summary ??= {
        type: 'execution',
        execution: { ...presentSummary(execution, status), cost: priceExecution(app, journal) },
      };
      return summary;
    },
    step(step) {
      const known = presented.get(step);
      if (known !== undefined) return known;
      const event = present(step);
      presented.set(step, event);
      const [oldest] = presented.keys();
      if (presented.size > keptSteps && oldest !== undefined) presented.delete(oldest);
      return event;
    },
  };
}

/**
 * Entries in the order of their journals, the journals merged by time. An entry that another journal has superseded (a loop is entered by
 * one branch and left by another) is left out.
 */
function inOrder(chains: readonly JournalChain[], steps: readonly DerivedStep[]): readonly TellableStep[] {
  const newest = new Map(steps.map((step) => [step.entry, step]));
  const found: (TellableStep & { readonly time: string })[] = [];
  for (const chain of chains) {
    let time = '';
    chain.entries.forEach((entry, at) => {
      if (entry.startedAt > time) time = entry.startedAt;
      const step = newest.get(entry);
      if (step === undefined) return;
      const key = stepKey(step.scope, step.nodeId);
      const lines = entry.logs === undefined && entry.failure === undefined ? [] : linesOf(entry);
      found.push({ chain, at, step, key, now: stateAndProgress(step), lines, time });
    });
  }
  return found.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)); // stable: journals stay in order
}

/** A for-each tells how far it is, in steps of a hundredth. */
export function stateAndProgress({ entry, items, status }: DerivedStep): string {
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
