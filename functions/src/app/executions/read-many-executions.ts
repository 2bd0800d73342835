/**
 * Many executions at once, for doors that show a page of them with all that is in them: the executions by one `getAll`, their journals side
 * by side, values only when somebody looks at them. What is not there, or foreign, is null.
 */
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import type { ExecutionSummaryView, ExecutionView, StepView } from '@automateos/shared/model/execution-view';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import { parseTraceparent } from '@automateos/shared/model/traceparent';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { cachesOf, type FinishedJournal } from '../cache/app-caches.ts';
import { priceExecution } from '../cost/price-execution.ts';
import { isDocumentId } from '../document-id.ts';
import type { Versioned } from '../engine/run.ts';
import { readMany } from '../read-many.ts';
import { deriveStatus, queryStatus } from './derive-status.ts';
import { type DerivedStep, deriveSteps } from './derive-steps.ts';
import { type Budget, loadWithin, stepCost, stepFacts, stepValues } from './present-step.ts';
import { countSteps, presentSummary, progressOf } from './read-execution-view.ts';
import { readJournal } from './read-journal.ts';

/** As stored, in the order asked. */
export async function readExecutions(
  app: App,
  principal: Principal,
  ids: readonly string[],
): Promise<readonly (Versioned<Execution> | null)[]> {
  requirePermission(principal, 'executions.read');
  const rows = await readMany(
    app,
    ids.map((id) => (isDocumentId(id) ? paths.execution(principal.org, id) : null)),
  );
  return rows.map((row) => row && { data: Execution.parse(row.data), version: row.version });
}

export async function summarizeExecutions(
  app: App,
  principal: Principal,
  executions: readonly (Versioned<Execution> | null)[],
): Promise<readonly (ExecutionSummaryView | null)[]> {
  requirePermission(principal, 'executions.read');
  return Promise.all(executions.map(async (found) => found && presentSummary(found.data, await queryStatus(app, found.data))));
}

export type StepValues = Pick<StepView, 'input' | 'output' | 'truncated'>;
/** Prices and values are found when somebody looks at them. */
export type LazyStep = Omit<StepView, keyof StepValues | 'cost'> & { microUsd(): number; values(): Promise<StepValues> };

type Loaded = { readonly value: JsonValue; readonly truncated: boolean };

export type ExecutionDetails = Pick<ExecutionView, 'traceId' | 'status'> & {
  /** In the order of the steps list. */
  readonly steps: readonly { readonly nodeId: string; readonly scope: string; present(): LazyStep }[];
  progress(): ExecutionView['progress'];
  cost(): ExecutionView['cost'];
  input(): Promise<Loaded>;
  output(): Promise<Loaded>;
};

/** `budget`: what all values of the answer may take. A journal that cannot be read is an error of its own, not of the others. */
export async function readExecutionDetails(
  app: App,
  principal: Principal,
  executions: readonly Versioned<Execution>[],
  budget: Budget,
): Promise<readonly (ExecutionDetails | Error)[]> {
  requirePermission(principal, 'executions.read');
  const read = await Promise.allSettled(executions.map((execution) => detailsOf(app, execution, budget)));
  return read.map((result) => (result.status === 'fulfilled' ? result.value : asError(result.reason)));
}

async function detailsOf(app: App, found: Versioned<Execution>, budget: Budget): Promise<ExecutionDetails> {
  const { data: execution } = found;
  const { journal, steps } = await journalOf(app, found);
  const load = (stored: StoredValue | null) => once(() => loadWithin(app, execution, journal.plan, stored, budget));
  const present = (step: DerivedStep): LazyStep => ({
    ...stepFacts(journal, step),
    microUsd: () => stepCost(app, journal, step).microUsd,
    values: once(() => stepValues(app, journal, step, budget)),
  });
  return {
    steps: steps.map((step) => ({ nodeId: step.nodeId, scope: step.scope, present: () => present(step) })),
    status: deriveStatus(execution, journal.branches),
    progress: () => progressOf(journal, steps),
    cost: () => ({ ...priceExecution(app, journal), ...countSteps(steps) }),
    traceId: parseTraceparent(execution.trace)?.traceId ?? null,
    input: load(execution.input),
    output: load(execution.output),
  };
}

/** Of an execution that has ended kept in memory until its document changes, as a retry does. */
async function journalOf(app: App, { data, version }: Versioned<Execution>): Promise<Omit<FinishedJournal, 'version'>> {
  const { finishedJournals } = cachesOf(app);
  const key = `${data.org}/${data.id}`;
  const isOver = isTerminal(data.status);
  const known = isOver ? finishedJournals.get(key) : undefined;
  if (known?.version === version) return known;
  const journal = await readJournal(app, data);
  const steps = await deriveSteps(app.clock, journal);
  if (isOver) finishedJournals.set(key, { version, journal, steps }, JSON.stringify(journal.branches).length);
  return { journal, steps };
}

/** A value is loaded, and paid for from the budget, once. */
function once<R>(load: () => Promise<R>): () => Promise<R> {
  let loaded: Promise<R> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('a journal could not be read', { cause: reason });
}
