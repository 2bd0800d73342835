/**
 * Where each step of an execution stands in its journals, in the order of the list, so that a page reads only the journals of its own
 * steps. Making an index reads them all: the first page does, and those after it find the index in memory; of a large execution all who ask
 * within some seconds share one. It holds no values.
 */
import type { Plan } from '@automateos/shared/engine/plan';
import { Branch, type Step } from '@automateos/shared/model/branch';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { LogLevel } from '@automateos/shared/model/execution-view';
import { paths } from '@automateos/shared/model/paths';
import { LRUCache } from 'lru-cache';
import type { App } from '../app-context.ts';
import { type DerivedStep, deriveSteps, newestEntries, type SortKey, sortKey, stepKey } from './derive-steps.ts';
import { levelsOf } from './log-lines.ts';
import { readJournal } from './read-journal.ts';

export type IndexedStep = Omit<DerivedStep, 'entry'> & {
  readonly key: SortKey;
  /** The branch whose journal has its entry; null where it has none. */
  readonly branchId: string | null;
  /** An entry that stands in no journal. */
  readonly own: Step | null;
  /** Levels of its log lines. */
  readonly levels: readonly LogLevel[];
};

export type StepIndex = { readonly execution: Execution; readonly plan: Plan; readonly steps: readonly IndexedStep[] };

type Kept = { readonly index: StepIndex; readonly version: string; readonly madeMs: number };

/** An index of more steps than this serves first pages, too, for so long. */
const manySteps = 500;
const sharedMs = 5_000;
/** How long the pages of a running execution may show it as it was at the first. */
const runningMs = 10_000;
/** Steps in all indexes of one process: some tens of megabytes at most. */
const mostSteps = 200_000;

type Indexes = { readonly kept: LRUCache<string, Kept>; readonly made: Map<string, Promise<StepIndex>> };

const indexes = new WeakMap<App, Indexes>();

/** With `fresh` as it is now (a large one as it was a moment ago), else as it was when the listing began, if that was not long ago. */
export async function stepIndex(
  app: App,
  execution: { readonly data: Execution; readonly version: string },
  fresh: boolean,
): Promise<StepIndex> {
  const { data, version } = execution;
  const { kept, made } = indexesOf(app);
  const key = `${data.org}/${data.id}`;
  const known = kept.get(key);
  if (known?.version === version && isRecent(known, app.clock.now(), data, fresh)) return known.index;
  // who asks while it is made has come after this state of the execution was read, or may as well see the one before it
  const name = `${key}@${version}`;
  const making = made.get(name) ?? buildIndex(app, data);
  made.set(name, making);
  try {
    const index = await making;
    kept.set(key, { index, version, madeMs: app.clock.now() }, { size: index.steps.length + 1 });
    return index;
  } finally {
    made.delete(name);
  }
}

function indexesOf(app: App): Indexes {
  const known = indexes.get(app) ?? { kept: new LRUCache({ maxSize: mostSteps, max: 1_000 }), made: new Map() };
  indexes.set(app, known);
  return known;
}

function isRecent({ index, madeMs }: Kept, now: number, { status }: Execution, fresh: boolean): boolean {
  const isLarge = index.steps.length > manySteps;
  if (isTerminal(status)) return !fresh || isLarge;
  return now - madeMs < (fresh ? (isLarge ? sharedMs : 0) : runningMs);
}

async function buildIndex(app: App, execution: Execution): Promise<StepIndex> {
  const journal = await readJournal(app, execution);
  const branchOf = new Map(journal.branches.flatMap((branch) => branch.steps.map((step) => [step, branch.id] as const)));
  const derived = await deriveSteps(app.clock, journal);
  const steps = derived.map((step): IndexedStep => {
    const { entry, ...rest } = step;
    const branchId = entry === null ? null : (branchOf.get(entry) ?? null);
    const levels = entry === null ? [] : levelsOf(entry);
    return { ...rest, key: sortKey(step, journal), branchId, own: branchId === null ? entry : null, levels };
  });
  return { execution, plan: journal.plan, steps };
}

/** The steps with their entries, as they are now; what has moved to another journal meanwhile shows as it was known, without values. */
export async function readEntries(app: App, index: StepIndex, steps: readonly IndexedStep[]): Promise<readonly DerivedStep[]> {
  const { org, id } = index.execution;
  const branchIds = [...new Set(steps.flatMap(({ branchId }) => (branchId === null ? [] : [branchId])))];
  const rows = await app.store.getAll(branchIds.map((branchId) => paths.branch(org, id, branchId)));
  const entries = newestEntries(rows.flatMap((row) => (row === null ? [] : [Branch.parse(row.data)])));
  return steps.map(({ nodeId, scope, status, wakeAt, items, own, branchId }) => {
    const entry = branchId === null ? own : (entries.get(stepKey(scope, nodeId)) ?? null);
    return { nodeId, scope, wakeAt, items, entry, status: entry === null ? status : entry.status };
  });
}
