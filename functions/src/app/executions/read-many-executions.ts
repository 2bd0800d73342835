/**
 * Many executions at once, for doors that show a page of them with all that is in them: the executions by one `getAll`, their journals side
 * by side, values only when somebody looks at them. What is not there, or foreign, is null.
 */
import { Execution } from '@automateos/shared/model/execution';
import type { ExecutionSummaryView, ExecutionView, StepView } from '@automateos/shared/model/execution-view';
import type { JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import type { Principal } from '@automateos/shared/model/principal';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import { parseTraceparent } from '@automateos/shared/model/traceparent';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { priceExecution } from '../cost/price-execution.ts';
import { isDocumentId } from '../document-id.ts';
import { readMany } from '../read-many.ts';
import { deriveStatus, queryStatus } from './derive-status.ts';
import { type DerivedStep, deriveSteps } from './derive-steps.ts';
import { type Budget, loadWithin, stepFacts, stepValues } from './present-step.ts';
import { countSteps, presentSummary, progressOf } from './read-execution-view.ts';
import { readJournal } from './read-journal.ts';

/** As stored, in the order asked. */
export async function readExecutions(
  app: App,
  principal: Principal,
  ids: readonly string[],
): Promise<readonly (Execution | null)[]> {
  requirePermission(principal, 'executions.read');
  const rows = await readMany(
    app,
    ids.map((id) => (isDocumentId(id) ? paths.execution(principal.org, id) : null)),
  );
  return rows.map((row) => (row === null ? null : Execution.parse(row.data)));
}

export async function summarizeExecutions(
  app: App,
  principal: Principal,
  executions: readonly (Execution | null)[],
): Promise<readonly (ExecutionSummaryView | null)[]> {
  requirePermission(principal, 'executions.read');
  return Promise.all(
    executions.map(async (execution) => execution && presentSummary(execution, await queryStatus(app, execution))),
  );
}

export type StepValues = Pick<StepView, 'input' | 'output' | 'truncated'>;
export type LazyStep = Omit<StepView, keyof StepValues> & { values(): Promise<StepValues> };

export type ExecutionDetails = Pick<ExecutionView, 'progress' | 'cost' | 'traceId' | 'status'> & {
  /** In the order of the steps list. */
  readonly steps: readonly { readonly nodeId: string; readonly scope: string; present(): LazyStep }[];
  input(): Promise<{ readonly value: JsonValue; readonly truncated: boolean }>;
  output(): Promise<{ readonly value: JsonValue; readonly truncated: boolean }>;
};

/** `budget`: what all values of the answer may take. A journal that cannot be read is an error of its own, not of the others. */
export async function readExecutionDetails(
  app: App,
  principal: Principal,
  executions: readonly Execution[],
  budget: Budget,
): Promise<readonly (ExecutionDetails | Error)[]> {
  requirePermission(principal, 'executions.read');
  const read = await Promise.allSettled(executions.map((execution) => detailsOf(app, execution, budget)));
  return read.map((result) => (result.status === 'fulfilled' ? result.value : asError(result.reason)));
}

async function detailsOf(app: App, execution: Execution, budget: Budget): Promise<ExecutionDetails> {
  const journal = await readJournal(app, execution);
  const steps = deriveSteps(journal);
  const load = (stored: StoredValue | null) => once(() => loadWithin(app, execution, journal.plan, stored, budget));
  const present = (step: DerivedStep): LazyStep => ({
    ...stepFacts(app, journal, step),
    values: once(() => stepValues(app, journal, step, budget)),
  });
  return {
    steps: steps.map((step) => ({ nodeId: step.nodeId, scope: step.scope, present: () => present(step) })),
    status: deriveStatus(execution, journal.branches),
    progress: progressOf(journal, steps),
    cost: { ...priceExecution(app, journal), ...countSteps(steps) },
    traceId: parseTraceparent(execution.trace)?.traceId ?? null,
    input: load(execution.input),
    output: load(execution.output),
  };
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
