/**
 * Everything both layouts of an execution (three panes, phone) show, computed once from what is known: cards, rows, the selected step and
 * what can be done.
 */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { type Execution, isOver } from '../../lib/api/execution.ts';
import type { GraphDefinition } from '../../lib/api/workflow.ts';
import type { NodeCatalogue } from '../../lib/node-catalogue.ts';
import { useWorkflow } from '../../lib/queries.ts';
import { useMedia } from '../../lib/use-media.ts';
import { useNow } from '../../lib/use-now.ts';
import { buildCards, buildEdges } from '../../ui/graph/graph-model.ts';
import { byItem } from './item-picker.tsx';
import { useExecutionLogs } from './log-pane.tsx';
import { nodeProgress } from './node-progress.ts';
import { indexSteps } from './step-index.ts';
import { stepKey } from './step-store.ts';
import { type TimelineRow, timelineRows } from './timeline-rows.ts';
import type { LiveExecution } from './use-execution.ts';
import { useExecutionActions } from './use-execution-actions.ts';
import { useSelection } from './use-selection.ts';

export type ExecutionViewProps = {
  readonly live: LiveExecution;
  readonly execution: Execution;
  readonly definition: GraphDefinition;
  readonly definitionLost: boolean;
  readonly catalogue: NodeCatalogue;
};

export type ExecutionModel = ReturnType<typeof useExecutionModel>;

export function useExecutionModel(props: ExecutionViewProps) {
  const { live, execution, definition, catalogue } = props;
  const over = isOver(execution.status);
  const now = useNow(!over);
  const selection = useSelection();
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [forkAt, setForkAt] = useState<string | null>(null);
  const actions = useExecutionActions(execution, live.reload);
  const newest = useWorkflow(execution.workflowId).data;
  const logs = useExecutionLogs(execution.id, !over, live.steps.size);

  const index = useMemo(() => indexSteps(live.steps), [live.steps]);
  const progress = useMemo(() => nodeProgress(execution, definition, index, now), [execution, definition, index, now]);
  const cards = useMemo(() => buildCards(definition, catalogue, progress), [definition, catalogue, progress]);
  const edges = useMemo(() => buildEdges(definition, catalogue, progress), [definition, catalogue, progress]);
  const rows = useMemo(
    () => timelineRows({ definition, steps: live.steps, index, toggled }),
    [definition, live.steps, index, toggled],
  );

  const failed =
    execution.error?.nodeId ?? [...live.steps.values()].find((step) => step.status === 'failed' && !step.handled)?.nodeId ?? null;
  useSelectFailed(execution, failed, selection.nodeId, selection.select);

  const node = definition.nodes.find((each) => each.id === selection.nodeId);
  const siblings = node ? (index.byNode.get(node.id) ?? []) : [];
  // A step of many items opens at the first that failed, else at the first.
  const first = siblings.length < 2 ? siblings[0] : siblings.reduce((a, b) => (byItem(b.scope, a.scope) < 0 ? b : a));
  const step =
    siblings.find((each) => each.scope === selection.scope) ?? siblings.find((each) => each.status === 'failed') ?? first;
  const selectedKey = node ? stepKey(step?.scope ?? '', node.id) : null;
  const nameOf = useCallback(
    (nodeId: string) => {
      const found = definition.nodes.find((each) => each.id === nodeId);
      return found ? catalogue.titleOf(found) : nodeId;
    },
    [definition, catalogue],
  );
  const { select } = selection;
  const selectRow = useCallback((row: TimelineRow) => select(row.node.id, row.scope), [select]);
  const toggleRow = useCallback((row: TimelineRow) => {
    setToggled((old) => {
      const next = new Set(old);
      if (!next.delete(row.key)) next.add(row.key);
      return next;
    });
  }, []);
  const selectCard = useCallback((id: string) => select(id), [select]);
  const forkRoot = forkAt === null ? undefined : outermost(definition, forkAt);

  return {
    ...{
      execution,
      definition,
      catalogue,
      live,
      over,
      actions,
      selection,
      logs,
      cards,
      edges,
      rows,
      node,
      step,
      siblings,
      selectedKey,
      nameOf,
    },
    ...{ selectRow, toggleRow, selectCard },
    definitionLost: props.definitionLost,
    workflowName: execution.workflowName ?? newest?.name ?? definition.name,
    newestVersion: newest?.version ?? null,
    failedAt: failed === null ? null : nameOf(failed),
    counts: countsOf(live),
    startMs: execution.startedAt ? Date.parse(execution.startedAt) : now,
    endMs: execution.endedAt ? Date.parse(execution.endedAt) : now,
    forkNode: forkRoot,
    openFork: useCallback((id: string | null) => setForkAt(id ?? definition.nodes[0]?.id ?? null), [definition]),
    closeFork: useCallback(() => setForkAt(null), []),
    failedNodeId: failed,
  };
}

/** A failed execution opens at the step that failed, once, unless something is selected already. */
function useSelectFailed(
  execution: Execution,
  failed: string | null,
  selected: string | null,
  select: (id: string, scope?: string | null) => void,
): void {
  const [done, setDone] = useState(false);
  const wide = useMedia('(min-width: 1024px)');
  useEffect(() => {
    if (done || execution.status !== 'failed' || failed === null) return;
    setDone(true);
    if (selected === null && wide) select(failed, execution.error?.scope ?? null);
  }, [done, execution, failed, selected, select, wide]);
}

/** Only whole loops can be forked from, not their insides. */
function outermost(definition: GraphDefinition, id: string) {
  let node = definition.nodes.find((each) => each.id === id);
  for (let depth = 0; node?.parent !== undefined && depth < 12; depth += 1) {
    const { parent } = node;
    node = definition.nodes.find((each) => each.id === parent);
  }
  return node;
}

function countsOf(live: LiveExecution): string {
  const counts = { done: 0, running: 0, waiting: 0, failed: 0 };
  for (const step of live.steps.values()) {
    if (step.status === 'succeeded') counts.done += 1;
    else if (step.status === 'running' || step.status === 'waiting' || step.status === 'failed') counts[step.status] += 1;
  }
  const progress = live.execution?.progress;
  const done = Math.max(counts.done, live.moreSteps ? (progress?.done ?? 0) : 0);
  const parts = [`${done.toLocaleString('en')} done`];
  for (const name of ['running', 'waiting', 'failed'] as const)
    if (counts[name] > 0) parts.push(`${counts[name].toLocaleString('en')} ${name}`);
  return parts.join(', ');
}
