/** What each card of the graph says about an execution. Over many items one card speaks for all of them. */
import { type Execution, isOver } from '../../lib/api/execution.ts';
import type { Step } from '../../lib/api/step.ts';
import type { GraphDefinition } from '../../lib/api/workflow.ts';
import { formatDuration } from '../../lib/format.ts';
import type { NodeProgress } from '../../ui/graph/graph-model.ts';
import { type StepIndex, spanOf, summaryStatus, triesOf } from './step-index.ts';

export function nodeProgress(
  execution: Execution,
  definition: GraphDefinition,
  index: StepIndex,
  nowMs: number,
): ReadonlyMap<string, NodeProgress> {
  const progress = new Map<string, NodeProgress>();
  for (const node of definition.nodes) {
    const steps = index.byNode.get(node.id) ?? [];
    const items = itemsOf(index, node.id);
    if (steps.length === 0 && items === null) {
      if (isOver(execution.status)) progress.set(node.id, { state: 'skipped', line: unreachedLine(execution), port: null });
      continue;
    }
    progress.set(
      node.id,
      items || steps.some((step) => step.items) ? loopProgress(steps, items ?? new Map(), nowMs) : stepProgress(steps, nowMs),
    );
  }
  return progress;
}

function unreachedLine(execution: Execution): string {
  if (execution.status === 'succeeded') return 'Not taken';
  return execution.status === 'failed' ? 'Skipped, a step above failed' : 'Stopped before this step';
}

function stepProgress(steps: readonly Step[], nowMs: number): NodeProgress {
  const [step] = steps;
  const state = summaryStatus(steps);
  if (steps.length > 1 || step === undefined) return { state, line: manyLine(steps) };
  return { state: step.status, line: oneLine(step, nowMs), ...(step.port === undefined ? {} : { port: step.port }) };
}

function oneLine(step: Step, nowMs: number): string {
  const tries = Math.max(step.attempt, triesOf(step).length);
  switch (step.status) {
    case 'queued':
      return 'In line for a worker';
    case 'running':
      return `${step.startedAt ? formatDuration(Math.max(0, nowMs - Date.parse(step.startedAt))) : 'Started'} · attempt ${step.attempt}`;
    case 'waiting':
      return step.wakeAt ? `Waiting until ${new Date(step.wakeAt).toLocaleTimeString('en-GB')}` : 'Waiting';
    case 'failed':
      return step.error ? failureLine(step) : 'Failed';
    case 'skipped':
      return 'Other branch was taken';
    case 'cancelled':
      return 'Cancelled';
    case 'succeeded':
      return [stepTook(step), tries > 1 ? `${tries} attempts` : '', itemCount(step)].filter((part) => part !== '').join(' · ');
  }
}

/** "402 · card account closed": the reason, short. */
export function failureLine(step: Step): string {
  const { error } = step;
  if (!error) return 'Failed';
  return error.message === '' ? error.code : error.message;
}

export function stepTook(step: Step): string {
  if (!step.startedAt || !step.endedAt) return '';
  return formatDuration(Math.max(0, Date.parse(step.endedAt) - Date.parse(step.startedAt)));
}

function itemCount(step: Step): string {
  return Array.isArray(step.output) && step.output.length !== 1 ? `${step.output.length} items` : '';
}

function manyLine(steps: readonly Step[]): string {
  const failed = steps.filter((step) => step.status === 'failed').length;
  const retried = steps.filter((step) => step.attempt > 1).length;
  const running = steps.filter((step) => step.status === 'running').length;
  return [
    `${steps.length.toLocaleString('en')} ×`,
    running > 0 ? `${running} running` : '',
    failed > 0 ? `${failed} failed` : '',
    retried > 0 ? `${retried} retried` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function loopProgress(own: readonly Step[], items: ReadonlyMap<number, readonly Step[]>, nowMs: number): NodeProgress {
  const told = own.length === 1 ? own[0]?.items : undefined;
  let done = 0;
  let failed = 0;
  const all: Step[] = [];
  for (const steps of items.values()) {
    const status = summaryStatus(steps);
    if (status === 'succeeded' || status === 'failed') done += 1;
    if (status === 'failed') failed += 1;
    all.push(...steps.slice(0, 1), ...steps.slice(-1));
  }
  const state = own.length > 0 ? summaryStatus(own) : summaryStatus(all);
  const span = spanOf(own.length > 0 ? own : all);
  const took = span ? ` · ${formatDuration(Math.max(0, (span.end ?? nowMs) - span.start))}` : '';
  return {
    state,
    line: `${(told?.done ?? done).toLocaleString('en')} of ${(told?.total ?? items.size).toLocaleString('en')}${failed > 0 ? `, ${failed} failed` : ''}${took}`,
    ...(own[0]?.port === undefined ? {} : { port: own[0].port }),
  };
}

/** Items of a loop over all scopes it ran in; null for a step that holds no others. */
function itemsOf(index: StepIndex, nodeId: string): ReadonlyMap<number, readonly Step[]> | null {
  const found: (readonly Step[])[] = [];
  for (const [key, items] of index.items) if (key.endsWith(`|${nodeId}`)) found.push(...items.values());
  return found.length === 0 ? null : new Map(found.map((steps, at) => [at, steps]));
}
