/** Steps and log lines of an execution by page. A page after the first reads the journals of its own steps only. */
import type { LogLevel, LogLineView, StepView } from '@automateos/shared/model/execution-view';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { readExecution } from '../engine/read-execution.ts';
import type { Page, PageRequest, Position } from '../paging.ts';
import { compareKeys, type SortKey } from './derive-steps.ts';
import { linesOf } from './log-lines.ts';
import { answerBudget, presentStep } from './present-step.ts';
import { type IndexedStep, readEntries, type StepIndex, stepIndex } from './step-index.ts';

export type ListSteps = PageRequest & {
  readonly executionId: string;
  readonly nodeId?: string | undefined;
  readonly scope?: string | undefined;
};

/** In the order of their starts; see derive-steps.ts. */
export async function listSteps(app: App, principal: Principal, request: ListSteps): Promise<Page<StepView>> {
  const { index, steps } = await matching(app, principal, request);
  const after = keyOf(request.after);
  const rest = after === null ? steps : steps.filter((step) => compareKeys(step.key, after) > 0);
  const page = rest.slice(0, request.limit);
  const budget = answerBudget();
  const items = [];
  for (const step of await readEntries(app, index, page)) items.push(await presentStep(app, index, step, budget));
  const last = page.at(-1);
  const next = last !== undefined && rest.length > page.length ? { values: [...last.key], path: '' } : null;
  return { items, next };
}

async function matching(
  app: App,
  principal: Principal,
  request: ListSteps,
): Promise<{ readonly index: StepIndex; readonly steps: readonly IndexedStep[] }> {
  requirePermission(principal, 'executions.read');
  const { nodeId, scope } = request;
  const execution = await readExecution(app, principal.org, request.executionId);
  const index = await stepIndex(app, execution, request.after === null);
  const isWanted = (step: IndexedStep) =>
    (nodeId === undefined || step.nodeId === nodeId) && (scope === undefined || step.scope === scope);
  return { index, steps: index.steps.filter(isWanted) };
}

function keyOf(position: Position | null): SortKey | null {
  if (position === null) return null;
  const [startedAt, rank, scope, nodeId] = position.values; // signed by us: the form is known
  return [String(startedAt), Number(rank), String(scope), String(nodeId)];
}

export type ListLogs = ListSteps & { readonly level?: LogLevel | undefined };

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Lines of `level` and above, in the order of their steps. A step's failure is its last line. */
export async function listLogs(app: App, principal: Principal, request: ListLogs): Promise<Page<LogLineView>> {
  const { index, steps } = await matching(app, principal, request);
  const least = severity[request.level ?? 'debug'];
  const isWanted = (level: LogLevel) => severity[level] >= least;
  const from = request.after === null ? 0 : Number(request.after.values[0]);
  const window = stepsWithLines(steps, isWanted, { from, to: from + request.limit });
  const read = await readEntries(app, index, window.steps);
  const lines = read.flatMap(({ entry }) => (entry === null ? [] : linesOf(entry))).filter(({ level }) => isWanted(level));
  const skip = from - window.before;
  const items = lines.slice(skip, skip + request.limit);
  const end = from + items.length;
  return { items, next: items.length > 0 && end < window.total ? { values: [end], path: '' } : null };
}

/** The steps that have the lines `from` to `to` of those wanted, and how many lines come before theirs. */
function stepsWithLines(
  steps: readonly IndexedStep[],
  isWanted: (level: LogLevel) => boolean,
  { from, to }: { readonly from: number; readonly to: number },
): { readonly steps: readonly IndexedStep[]; readonly before: number; readonly total: number } {
  const found: IndexedStep[] = [];
  let before = 0;
  let total = 0;
  for (const step of steps) {
    const count = step.levels.filter(isWanted).length;
    if (total + count <= from) before += count;
    else if (total < to && count > 0) found.push(step);
    total += count;
  }
  return { steps: found, before, total };
}
