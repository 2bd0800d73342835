/** Steps as clients see them, with their values loaded as far as the answer's budget goes. */
import type { Plan } from '@automateos/shared/engine/plan';
import type { Execution } from '@automateos/shared/model/execution';
import type { StepView } from '@automateos/shared/model/execution-view';
import type { JsonValue } from '@automateos/shared/model/json';
import { StepError, type StepFailure } from '@automateos/shared/model/step-error';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import type { App } from '../app-context.ts';
import { priceStep } from '../cost/price-execution.ts';
import { loadStoredValue } from '../engine/stored-values.ts';
import type { DerivedStep } from './derive-steps.ts';

/** Characters of JSON that one answer may still take; shared by all values of the answer. */
export type Budget = { left: number };

export const answerBudget = (): Budget => ({ left: 8 * 1024 * 1024 });

type Loaded = { readonly value: JsonValue; readonly truncated: boolean };

export async function loadWithin(
  app: App,
  execution: Execution,
  plan: Plan,
  stored: StoredValue | null,
  budget: Budget,
): Promise<Loaded> {
  if (stored === null) return { value: null, truncated: false };
  if ('bytes' in stored && stored.bytes > budget.left) return { value: null, truncated: true };
  try {
    const value = await loadStoredValue(app, execution, plan, stored);
    const size = JSON.stringify(value).length;
    if (size > budget.left) return { value: null, truncated: true };
    budget.left -= size;
    return { value, truncated: false };
  } catch (error) {
    // results of a loop that are too large together: each item's own steps have them
    if (error instanceof StepError) return { value: null, truncated: true };
    throw error;
  }
}

type StepOf = { readonly execution: Execution; readonly plan: Plan };
type StepValues = { readonly input: JsonValue; readonly output: JsonValue; readonly truncated: boolean };

export async function presentStep(app: App, of: StepOf, step: DerivedStep, budget: Budget): Promise<StepView> {
  return { ...stepFacts(of, step), cost: stepCost(app, of, step), ...(await stepValues(app, of, step, budget)) };
}

export async function stepValues(app: App, { execution, plan }: StepOf, step: DerivedStep, budget: Budget): Promise<StepValues> {
  const { entry } = step;
  const input = await loadWithin(app, execution, plan, entry?.input ?? constantInput(plan, step), budget);
  const output = await loadWithin(app, execution, plan, entry?.output ?? null, budget);
  return { input: input.value, output: output.value, truncated: input.truncated || output.truncated };
}

export function stepCost(app: App, { plan }: StepOf, { entry }: DerivedStep): StepView['cost'] {
  return { microUsd: entry === null ? 0 : priceStep(app, plan, entry) };
}

/** All but its price and its values: nothing is read for it. */
export function stepFacts({ execution, plan }: StepOf, step: DerivedStep): Omit<StepView, keyof StepValues | 'cost'> {
  const { entry } = step;
  const node = plan.nodes.get(step.nodeId);
  const label = plan.definition.nodes.find(({ id }) => id === step.nodeId)?.label ?? null;
  return {
    ...{ nodeId: step.nodeId, type: node?.type ?? 'unknown', label, scope: step.scope, status: step.status },
    ...{ attempt: entry?.attempt ?? 0, generation: entry?.generation ?? execution.generation },
    attemptedAt: entry?.attemptedAt ?? entry?.startedAt ?? null,
    ...{ startedAt: entry?.startedAt ?? null, endedAt: entry?.endedAt ?? null, port: entry?.port ?? null, wakeAt: step.wakeAt },
    error: entry?.failure === undefined ? null : presentFailure(entry.failure),
    handled: entry?.handled ?? false,
    tries: (entry?.tries ?? []).map(({ failure, ...rest }) => ({ ...rest, error: presentFailure(failure) })),
    ...{ logs: entry?.logs ?? [], missing: entry?.missing ?? [], items: step.items },
    ...(entry?.deadLetter === undefined ? {} : { deadLetter: entry.deadLetter }),
    ...(entry?.edited === undefined ? {} : { edited: entry.edited }),
  };
}

/** Params without expressions are not kept with each step: they are the definition's. Code is shown with the definition, not as input. */
function constantInput(plan: Plan, { entry, nodeId }: DerivedStep): StoredValue | null {
  const node = plan.nodes.get(nodeId);
  if (!entry || !node || node.in.length === 0 || node.container !== null) return null;
  const shown = Object.fromEntries(Object.entries(node.params).filter(([name]) => !node.rawParams.includes(name)));
  return JSON.stringify(shown).includes('{{') ? null : { v: shown };
}

function presentFailure(failure: StepFailure): NonNullable<StepView['error']> {
  const { code, message, retryable, details } = failure;
  return { code, message, class: failure.class, retryable, ...(details === undefined ? {} : { details }) };
}
