/**
 * Where each step of an execution stands in its journals, in the order of the list, so that a page reads only the journals of its own
 * steps. Making an index reads them all: the first page does, and those after it find the index in memory. It holds no values.
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

type Kept = { readonly index: StepIndex; readonly version: string; readonly untilMs: number };

/** How long the pages of a running execution may show it as it was at the first. */
const runningMs = 10_000;
/** Steps in all indexes of one process: some tens of megabytes at most. */
const mostSteps = 200_000;

const indexes = new WeakMap<App, LRUCache<string, Kept>>();

/** With `fresh` as it is now, else as it was when the listing began, if that was not long ago. */
export async function stepIndex(
  app: App,
  execution: { readonly data: Execution; readonly version: string },
  fresh: boolean,
): Promise<StepIndex> {
  const { data, version } = execution;
  const cache = indexes.get(app) ?? new LRUCache<string, Kept>({ maxSize: mostSteps, max: 1_000 });
  indexes.set(app, cache);
  const key = `${data.org}/${data.id}`;
  const kept = fresh ? undefined : cache.get(key);
  if (kept && kept.version === version && (isTerminal(data.status) || kept.untilMs > app.clock.now())) return kept.index;
  const index = await buildIndex(app, data);
  cache.set(key, { index, version, untilMs: app.clock.now() + runningMs }, { size: index.steps.length + 1 });
  return index;
}

async function buildIndex(app: App, execution: Execution): Promise<StepIndex> {
  const journal = await readJournal(app, execution);
  const branchOf = new Map(journal.branches.flatMap((branch) => branch.steps.map((step) => [step, branch.id] as const)));
  const steps = deriveSteps(journal).map((step): IndexedStep => {
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
