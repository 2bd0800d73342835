/** An execution with its steps, as one answer. Bounded: a large execution shows its first steps, the steps list pages through all. */
import { type Execution, type ExecutionStatus, isTerminal } from '@automateos/shared/model/execution';
import type { ExecutionSummaryView, ExecutionView } from '@automateos/shared/model/execution-view';
import type { Principal } from '@automateos/shared/model/principal';
import { parseTraceparent } from '@automateos/shared/model/traceparent';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { cachesOf } from '../cache/app-caches.ts';
import { priceExecution } from '../cost/price-execution.ts';
import { readExecution } from '../engine/read-execution.ts';
import { deriveStatus } from './derive-status.ts';
import { type DerivedStep, deriveSteps } from './derive-steps.ts';
import { answerBudget, loadWithin, presentStep } from './present-step.ts';
import { type Journal, readJournal } from './read-journal.ts';

const stepLimit = 500;
const letterLimit = 100;
/** Steps presented without a pause. */
const stepsAtOnce = 50;

/**
 * Of one that has ended it is kept in memory, and of one that runs and has many steps for some seconds, unless its document changes: a
 * pause, a stop or an end shows at once. Readers share what is kept and must not change it.
 */
export async function readExecutionView(app: App, principal: Principal, id: string): Promise<ExecutionView> {
  requirePermission(principal, 'executions.read');
  const { data, version } = await readExecution(app, principal.org, id);
  const { finishedViews, largeViews } = cachesOf(app);
  const key = `${principal.org}/${id}`;
  const isOver = isTerminal(data.status);
  const known = (isOver ? finishedViews : largeViews).get(key);
  if (known?.version === version) return known.view;
  const view = await viewOf(app, data);
  if (isOver) finishedViews.set(key, { version, view }, JSON.stringify(view).length);
  else if (view.stepsTruncated) largeViews.set(key, { version, view }, JSON.stringify(view).length);
  return view;
}

export async function viewOf(app: App, execution: Execution): Promise<ExecutionView> {
  const journal = await readJournal(app, execution);
  const { plan, branches } = journal;
  const steps = await deriveSteps(app.clock, journal);
  const budget = answerBudget();
  const input = await loadWithin(app, execution, plan, execution.input, budget);
  const output = await loadWithin(app, execution, plan, execution.output, budget);
  // the root first: items of a loop come after what a reader looks for
  const shown = steps.length <= stepLimit ? steps : [...steps].sort(byDepth).slice(0, stepLimit);
  const views = [];
  for (const [at, step] of shown.entries()) {
    if (at % stepsAtOnce === stepsAtOnce - 1) await app.clock.sleep(0);
    views.push(await presentStep(app, journal, step, budget));
  }
  const { parent } = execution;
  return {
    ...presentSummary(execution, deriveStatus(execution, branches)),
    ...{ input: input.value, output: output.value, deadlineAt: execution.deadlineAt },
    parent: parent === null ? null : { executionId: parent.executionId, nodeId: parent.nodeId },
    progress: progressOf(journal, steps),
    cost: { ...priceExecution(app, journal), ...countSteps(steps) },
    steps: views,
    stepsTruncated: shown.length < steps.length,
    traceId: parseTraceparent(execution.trace)?.traceId ?? null,
    // each crashed step names its own: nothing has to be looked up
    deadLetters: steps.flatMap(({ entry }) => entry?.deadLetter ?? []).slice(0, letterLimit),
  };
}

export function presentSummary(execution: Execution, status: ExecutionStatus): ExecutionSummaryView {
  const { id, workflowId, workflowName, version, trigger, startedAt, endedAt, forkedFrom, generation } = execution;
  const { stopping } = execution;
  const error = execution.error ?? stopping?.error ?? null;
  return {
    ...{ id, workflowId, workflowName, version, status, stopping: stopping?.to ?? null, trigger, error },
    ...{ startedAt, endedAt, forkedFrom, generation },
  };
}

function byDepth(a: DerivedStep, b: DerivedStep): number {
  return depthOf(a.scope) - depthOf(b.scope); // a stable sort keeps the order within
}

function depthOf(scope: string): number {
  return scope === '' ? 0 : scope.split(':').length;
}

/** Of the root's steps: those that can still run or have run. Skipped ones are neither done nor to do. */
export function progressOf({ plan, execution }: Journal, steps: readonly DerivedStep[]): ExecutionView['progress'] {
  const root = steps.filter((step) => step.scope === '');
  const skipped = new Set(root.filter((step) => step.status === 'skipped').map((step) => step.nodeId));
  const undo = new Set(plan.definition.nodes.map((node) => node.compensate));
  const nodes = [...plan.nodes.values()].filter((node) => node.parent === '' && !skipped.has(node.id) && !undo.has(node.id));
  const done = root.filter((step) => step.entry?.endedAt !== undefined && !undo.has(step.nodeId)).length;
  const total = execution.status === 'succeeded' ? done : Math.max(nodes.length, done);
  return { done, total };
}

export function countSteps(steps: readonly DerivedStep[]): Pick<ExecutionView['cost'], 'steps' | 'attempts'> {
  const entries = steps.flatMap(({ entry }) => (entry === null ? [] : [entry]));
  const attempts = entries.reduce((sum, entry) => sum + entry.attempt, 0);
  return { steps: entries.length, attempts };
}
