/**
 * The steps of an execution out of its journals: one entry per node and scope, the newest generation. What has no entry is derived by the
 * rules of the graph: nodes on dead paths are skipped, nodes where a branch stands are queued, a loop with open lanes is running.
 */
import { parseScope } from '@automateos/shared/engine/scope';
import { buildGraph } from '@automateos/shared/graph/definition-graph';
import { skippedNodes } from '@automateos/shared/graph/skipped-nodes';
import type { Branch, Step } from '@automateos/shared/model/branch';
import { isTerminal } from '@automateos/shared/model/execution';
import type { StepViewStatus } from '@automateos/shared/model/execution-view';
import type { Loop } from '@automateos/shared/model/join';
import type { Clock } from '@automateos/shared/ports/clock';
import type { Journal } from './read-journal.ts';

export type DerivedStep = {
  readonly nodeId: string;
  readonly scope: string;
  readonly status: StepViewStatus;
  /** null for what was derived from the graph. */
  readonly entry: Step | null;
  /** Of a waiting step. */
  readonly wakeAt: string | null;
  readonly items: { readonly done: number; readonly failed: number; readonly total: number } | null;
};

const nothingMore = { entry: null, items: null, wakeAt: null } as const;

/** Skips inside items are told for this many scopes; beyond, nobody looks at each. */
const scopeLimit = 500;

export const stepKey = (scope: string, nodeId: string): string => `${scope}|${nodeId}`;

/** Steps that are looked at without a pause. */
const atOnce = 500;
/** Others are served at least so often, ms. */
const breathMs = 10;

/** In the order in which they started; what never started comes last, in the order of the graph. Others are served meanwhile. */
export async function deriveSteps(clock: Clock, journal: Journal): Promise<readonly DerivedStep[]> {
  const work = stepsInTurns(journal);
  let breath = clock.now();
  for (;;) {
    const turn = work.next();
    if (turn.done === true) return turn.value;
    if (clock.now() - breath < breathMs) continue;
    await clock.sleep(0);
    breath = clock.now();
  }
}

function* stepsInTurns(journal: Journal): Generator<void, readonly DerivedStep[], void> {
  const entries = new Map<string, Step>();
  for (const branch of journal.branches.toSorted((a, b) => a.k - b.k)) {
    addEntries(entries, branch);
    yield;
  }
  const steps = new Map<string, DerivedStep>();
  let turn = 0;
  for (const [key, entry] of entries) {
    steps.set(key, { ...nothingMore, nodeId: entry.node, scope: entry.scope, status: entry.status, entry });
    turn += 1;
    if (turn % atOnce === 0) yield;
  }
  for (const loop of journal.loops) {
    addLoop(steps, loop, entries);
    yield;
  }
  for (const branch of journal.branches) {
    addQueued(steps, branch, journal);
    addWake(steps, branch);
  }
  yield* addSkipped(steps, journal, entries);
  if (isTerminal(journal.execution.status)) endOpenSteps(steps, journal.execution.endedAt);
  return sortSteps([...steps.values()], journal);
}

/** The execution was stopped while they were under way: nobody works on them or waits for them any more. */
function endOpenSteps(steps: Map<string, DerivedStep>, endedAt: string | null): void {
  for (const [key, step] of steps) {
    if (step.status !== 'running' && step.status !== 'waiting') continue;
    const entry: Step | null = step.entry && { ...step.entry, status: 'cancelled', ...(endedAt === null ? {} : { endedAt }) };
    steps.set(key, { ...step, status: 'cancelled', entry, wakeAt: null });
  }
}

export function newestEntries(branches: readonly Branch[]): ReadonlyMap<string, Step> {
  const entries = new Map<string, Step>();
  for (const branch of branches.toSorted((a, b) => a.k - b.k)) addEntries(entries, branch);
  return entries;
}

function addEntries(entries: Map<string, Step>, branch: Branch): void {
  for (const step of branch.steps) {
    const key = stepKey(step.scope, step.node);
    const other = entries.get(key);
    if (other === undefined || isNewer(step, other)) entries.set(key, step);
  }
}

/** A loop is entered by one branch and left by another: the finished entry counts. */
function isNewer(step: Step, other: Step): boolean {
  if (step.generation !== other.generation) return step.generation > other.generation;
  return step.endedAt !== undefined || other.endedAt === undefined;
}

function addLoop(steps: Map<string, DerivedStep>, loop: Loop, entries: ReadonlyMap<string, Step>): void {
  const key = stepKey(loop.scope, loop.node);
  const entry = entries.get(key) ?? null;
  const status = entry === null ? 'running' : entry.status;
  // a while counts rounds as it goes: there is no total to show
  const items = loop.count === 0 ? null : itemsOf(loop, entries, status !== 'running');
  steps.set(key, { ...nothingMore, nodeId: loop.node, scope: loop.scope, status, entry: entry ?? openLoop(loop), items });
}

function openLoop(loop: Loop): Step {
  return { node: loop.node, scope: loop.scope, status: 'running', attempt: 1, generation: 1, startedAt: loop.startedAt };
}

/** An item is done when it has entries and none of them is under way. */
function itemsOf(loop: Loop, entries: ReadonlyMap<string, Step>, over: boolean): DerivedStep['items'] {
  const open = new Set<number>();
  const seen = new Set<number>();
  const failed = new Set<number>();
  for (const entry of entries.values()) {
    const parsed = parseScope(entry.scope);
    if (parsed === null || parsed.parent !== loop.scope || parsed.container !== loop.node) continue;
    seen.add(parsed.index);
    if (entry.endedAt === undefined) open.add(parsed.index);
    if (entry.status === 'failed' && entry.port === null) failed.add(parsed.index);
  }
  if (over && failed.size === 0 && open.size === 0) return { done: loop.count, failed: 0, total: loop.count };
  return { done: seen.size - open.size, failed: failed.size, total: loop.count };
}

function addQueued(steps: Map<string, DerivedStep>, branch: Branch, { plan, execution }: Journal): void {
  if (branch.at === null || isTerminal(execution.status)) return;
  if (branch.status !== 'queued' && branch.status !== 'running') return;
  const { node, scope } = branch.at;
  const key = stepKey(scope, node);
  if (steps.has(key) || !plan.nodes.has(node)) return;
  steps.set(key, { ...nothingMore, nodeId: node, scope, status: 'queued' });
}

function addWake(steps: Map<string, DerivedStep>, branch: Branch): void {
  if (branch.status !== 'waiting' || branch.at === null || branch.wait === null) return;
  const key = stepKey(branch.at.scope, branch.at.node);
  const step = steps.get(key);
  if (step !== undefined) steps.set(key, { ...step, wakeAt: branch.wait.wakeAt });
}

function* addSkipped(
  steps: Map<string, DerivedStep>,
  { plan, execution }: Journal,
  entries: ReadonlyMap<string, Step>,
): Generator<void, void, void> {
  const graph = buildGraph(plan.definition);
  const taken = new Map<string, Map<string, string | null>>([['', new Map()]]);
  for (const entry of entries.values()) {
    const known = taken.get(entry.scope);
    if (known === undefined && taken.size === scopeLimit) continue;
    const scope = known ?? new Map<string, string | null>();
    taken.set(entry.scope, scope);
    if (entry.port !== undefined && (entry.status === 'succeeded' || entry.handled === true)) scope.set(entry.node, entry.port);
  }
  const portsOf = (node: { readonly id: string }) => plan.nodes.get(node.id)?.ports ?? [];
  for (const [scope, ports] of taken) {
    yield;
    const container = parseScope(scope)?.container ?? '';
    const skipped = skippedNodes({ graph, scope: container, taken: ports, trigger: execution.trigger.nodeId, portsOf });
    for (const nodeId of skipped) {
      if ((graph.nodes.get(nodeId)?.parent ?? '') !== container || steps.has(stepKey(scope, nodeId))) continue;
      steps.set(stepKey(scope, nodeId), { ...nothingMore, nodeId, scope, status: 'skipped' });
    }
  }
}

export type SortKey = readonly [startedAt: string, rank: number, scope: string, nodeId: string];

/** `after` of a page of steps: sorts what never started behind everything else. */
export function sortKey(step: DerivedStep, journal: Journal): SortKey {
  const rank = journal.plan.nodes.get(step.nodeId)?.rank ?? 0;
  return [step.entry?.startedAt ?? '~', rank, step.scope, step.nodeId];
}

export function compareKeys(a: SortKey, b: SortKey): number {
  for (let at = 0; at < a.length; at += 1) {
    const [left, right] = [a[at] ?? '', b[at] ?? ''];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

function sortSteps(steps: readonly DerivedStep[], journal: Journal): readonly DerivedStep[] {
  return steps
    .map((step) => ({ step, key: sortKey(step, journal) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ step }) => step);
}
