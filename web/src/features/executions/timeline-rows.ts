/**
 * Rows of the timeline in the order of the graph: steps, the items of loops, and tries. Only what is open is built, so that ten thousand
 * items are ten thousand short rows at most and none of their insides.
 */
import type { Step, StepStatus } from '../../lib/api/step.ts';
import type { GraphDefinition, GraphNode } from '../../lib/api/workflow.ts';
import { itemScope, type StepIndex, spanOf, summaryStatus, triesOf } from './step-index.ts';
import { type StepKey, stepKey } from './step-store.ts';

export type TimelineRow = {
  readonly key: string;
  readonly kind: 'step' | 'loop' | 'item' | 'try';
  readonly level: number;
  readonly node: GraphNode;
  readonly scope: string;
  readonly step: Step | undefined;
  readonly status: StepStatus | null;
  readonly start: number | null;
  readonly end: number | null;
  /** 1-based number of an item or try. */
  readonly number: number | null;
  readonly note: string;
  readonly expandable: boolean;
  readonly expanded: boolean;
};

export type TimelineInput = {
  readonly definition: GraphDefinition;
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly index: StepIndex;
  /** Rows whose state differs from the default (loops of up to 20 items are open, the rest is closed). */
  readonly toggled: ReadonlySet<string>;
};

const openUpTo = 20;

export function timelineRows(input: TimelineInput): readonly TimelineRow[] {
  const rows: TimelineRow[] = [];
  addMembers(input, orderedMembers(input.definition), undefined, '', 0, rows);
  return rows;
}

type Members = ReadonlyMap<string | undefined, readonly GraphNode[]>;

function addMembers(
  input: TimelineInput,
  members: Members,
  parent: string | undefined,
  scope: string,
  level: number,
  rows: TimelineRow[],
): void {
  if (level > 24) return; // a definition that is its own parent
  for (const node of members.get(parent) ?? []) {
    const items = input.index.items.get(`${scope}|${node.id}`);
    if (members.has(node.id)) addLoop(input, members, node, scope, level, items ?? new Map(), rows);
    else addStep(input, node, scope, level, rows);
  }
}

function addStep(input: TimelineInput, node: GraphNode, scope: string, level: number, rows: TimelineRow[]): void {
  const step = input.steps.get(stepKey(scope, node.id));
  const tries = step ? triesOf(step) : [];
  const key = stepKey(scope, node.id);
  const failedAfterTries = step?.status === 'failed' && tries.length > 0;
  const expanded = tries.length > 0 && input.toggled.has(key) !== failedAfterTries;
  const note =
    step && step.attempt > 1
      ? `${step.attempt} tries`
      : (step?.port ?? '') !== '' && node.params.condition !== undefined
        ? (step?.port ?? '')
        : '';
  rows.push({
    ...base(node, scope, level),
    key,
    kind: 'step',
    step,
    ...timing(step),
    status: step?.status ?? null,
    note,
    expandable: tries.length > 0,
    expanded,
  });
  if (!expanded || !step) return;
  for (const [at, each] of tries.entries()) {
    rows.push({
      ...base(node, scope, level + 1),
      key: `${key}#${at}`,
      kind: 'try',
      step,
      status: 'failed',
      start: each.startedAt ? Date.parse(each.startedAt) : null,
      end: each.endedAt ? Date.parse(each.endedAt) : null,
      number: each.attempt,
    });
  }
  // The try that stands is not among the earlier ones.
  if (tries.every((each) => each.attempt !== step.attempt)) {
    rows.push({
      ...base(node, scope, level + 1),
      key: `${key}#last`,
      kind: 'try',
      step,
      ...timing({ ...step, startedAt: step.attemptedAt ?? step.startedAt }),
      status: step.status,
      number: step.attempt,
    });
  }
}

function addLoop(
  input: TimelineInput,
  members: Members,
  node: GraphNode,
  scope: string,
  level: number,
  items: ReadonlyMap<number, readonly Step[]>,
  rows: TimelineRow[],
): void {
  const key = stepKey(scope, node.id);
  const own = input.steps.get(key);
  const all = own ? [own] : [...items.values()].flat();
  const span = spanOf(all);
  const expanded = items.size > 0 && input.toggled.has(key) !== items.size <= openUpTo;
  const done = [...items.values()].filter((steps) => ['succeeded', 'failed'].includes(summaryStatus(steps))).length;
  rows.push({
    ...base(node, scope, level),
    key,
    kind: 'loop',
    step: own,
    status: all.length === 0 ? null : summaryStatus(all),
    start: span?.start ?? null,
    end: span?.end ?? null,
    note:
      items.size === 0 && !own?.items
        ? ''
        : `${(own?.items?.done ?? done).toLocaleString('en')} of ${(own?.items?.total ?? items.size).toLocaleString('en')}`,
    expandable: items.size > 0,
    expanded,
  });
  if (!expanded) return;
  for (const number of [...items.keys()].sort((a, b) => a - b))
    addItem(input, members, node, itemScope(scope, node.id, number), level + 1, { number, steps: items.get(number) ?? [] }, rows);
}

function addItem(
  input: TimelineInput,
  members: Members,
  node: GraphNode,
  scope: string,
  level: number,
  item: { readonly number: number; readonly steps: readonly Step[] },
  rows: TimelineRow[],
): void {
  const key = `${scope}|`;
  const expanded = input.toggled.has(key);
  const span = spanOf(item.steps);
  rows.push({
    ...base(node, scope, level),
    key,
    kind: 'item',
    step: undefined,
    status: summaryStatus(item.steps),
    start: span?.start ?? null,
    end: span?.end ?? null,
    number: item.number + 1,
    note: item.steps.some((step) => step.attempt > 1) ? 'tried again' : '',
    expandable: true,
    expanded,
  });
  if (expanded) addMembers(input, members, node.id, scope, level + 1, rows);
}

function base(node: GraphNode, scope: string, level: number) {
  return {
    level,
    node,
    scope,
    step: undefined,
    status: null,
    start: null,
    end: null,
    number: null,
    note: '',
    expandable: false,
    expanded: false,
  } as const;
}

function timing(step: Step | undefined): { readonly start: number | null; readonly end: number | null } {
  return { start: step?.startedAt ? Date.parse(step.startedAt) : null, end: step?.endedAt ? Date.parse(step.endedAt) : null };
}

/** Members of each container, sources first; nodes on a cycle of a broken definition come last, as written. */
function orderedMembers(definition: GraphDefinition): Members {
  const rank = new Map<string, number>();
  const waiting = new Map(
    definition.nodes.map((node) => [node.id, definition.edges.filter((edge) => edge.to === node.id).length]),
  );
  const ready = definition.nodes.filter((node) => waiting.get(node.id) === 0).map((node) => node.id);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    rank.set(id, rank.size);
    for (const edge of definition.edges) {
      if (edge.from !== id) continue;
      const left = (waiting.get(edge.to) ?? 0) - 1;
      waiting.set(edge.to, left);
      if (left === 0) ready.push(edge.to);
    }
  }
  const members = new Map<string | undefined, GraphNode[]>();
  const known = new Set(definition.nodes.map((node) => node.id));
  const last = Number.MAX_SAFE_INTEGER;
  for (const node of [...definition.nodes].sort((a, b) => (rank.get(a.id) ?? last) - (rank.get(b.id) ?? last))) {
    const parent = node.parent !== undefined && known.has(node.parent) ? node.parent : undefined;
    members.set(parent, [...(members.get(parent) ?? []), node]);
  }
  return members;
}
