/** Steps and log lines of an execution by page. Both are read off the journals, so a page costs as much as reading them all. */
import { LogLevel, type LogLineView, type StepView } from '@automateos/shared/model/execution-view';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { readExecution } from '../engine/read-execution.ts';
import type { Page, PageRequest, Position } from '../paging.ts';
import { compareKeys, type DerivedStep, deriveSteps, sortKey } from './derive-steps.ts';
import { answerBudget, presentStep } from './present-step.ts';
import { type Journal, readJournal } from './read-journal.ts';

export type ListSteps = PageRequest & {
  readonly executionId: string;
  readonly nodeId?: string | undefined;
  readonly scope?: string | undefined;
};

/** In the order of their starts; see derive-steps.ts. */
export async function listSteps(app: App, principal: Principal, request: ListSteps): Promise<Page<StepView>> {
  const { journal, steps } = await matching(app, principal, request);
  const after = keyOf(request.after);
  const rest = after === null ? steps : steps.filter((step) => compareKeys(sortKey(step, journal), after) > 0);
  const page = rest.slice(0, request.limit);
  const budget = answerBudget();
  const items = [];
  for (const step of page) items.push(await presentStep(app, journal, step, budget));
  const last = page.at(-1);
  const next = last !== undefined && rest.length > page.length ? { values: [...sortKey(last, journal)], path: '' } : null;
  return { items, next };
}

async function matching(
  app: App,
  principal: Principal,
  request: Pick<ListSteps, 'executionId' | 'nodeId' | 'scope'>,
): Promise<{ readonly journal: Journal; readonly steps: readonly DerivedStep[] }> {
  requirePermission(principal, 'executions.read');
  const { nodeId, scope } = request;
  const { data } = await readExecution(app, principal.org, request.executionId);
  const journal = await readJournal(app, data);
  const isWanted = (step: DerivedStep) =>
    (nodeId === undefined || step.nodeId === nodeId) && (scope === undefined || step.scope === scope);
  return { journal, steps: deriveSteps(journal).filter(isWanted) };
}

function keyOf(position: Position | null): ReturnType<typeof sortKey> | null {
  if (position === null) return null;
  const [startedAt, rank, scope, nodeId] = position.values; // signed by us: the form is known
  return [String(startedAt), Number(rank), String(scope), String(nodeId)];
}

export type ListLogs = ListSteps & { readonly level?: LogLevel | undefined };

const severity: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Lines of `level` and above, in the order of their steps. A step's failure is its last line. */
export async function listLogs(app: App, principal: Principal, request: ListLogs): Promise<Page<LogLineView>> {
  const { steps } = await matching(app, principal, request);
  const least = severity[request.level ?? 'debug'];
  const lines = steps.flatMap(linesOf).filter((line) => severity[line.level] >= least);
  const from = request.after === null ? 0 : Number(request.after.values[0]);
  const items = lines.slice(from, from + request.limit);
  const end = from + items.length;
  return { items, next: end < lines.length ? { values: [end], path: '' } : null };
}

function linesOf({ entry }: DerivedStep): readonly LogLineView[] {
  if (entry === null) return [];
  const base = { at: entry.startedAt, nodeId: entry.node, scope: entry.scope, attempt: entry.attempt };
  const lines = (entry.logs ?? []).map((line): LogLineView => ({ ...base, ...splitLine(line) }));
  const { failure } = entry;
  if (failure === undefined) return lines;
  const message = `${failure.code}: ${failure.message}`;
  return [...lines, { ...base, at: entry.endedAt ?? entry.startedAt, level: entry.handled === true ? 'warn' : 'error', message }];
}

/** The journal holds `level: message`. */
function splitLine(line: string): { readonly level: LogLevel; readonly message: string } {
  const colon = line.indexOf(': ');
  const level = LogLevel.safeParse(line.slice(0, colon));
  return level.success ? { level: level.data, message: line.slice(colon + 2) } : { level: 'info', message: line };
}
