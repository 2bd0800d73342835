/** The documents of an execution that begins: itself and its first branch. Written by starts, calls, error workflows and forks alike. */
import { dueAt } from '@automateos/shared/engine/due';
import type { Plan } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { Branch } from '@automateos/shared/model/branch';
import type { Execution, ExecutionTrigger } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonValue } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import { inputLimitBytes, type StoredValue } from '@automateos/shared/model/stored-value';
import type { App } from '../app-context.ts';
import { eventWrites } from '../outgoing-webhooks/delivery-writes.ts';
import { startedEvent } from '../outgoing-webhooks/webhook-event.ts';
import { traceOfStart } from '../telemetry/execution-trace.ts';
import { armDeadline } from './arm-deadline.ts';
import { newBranch } from './branch-document.ts';
import type { CallerWrites } from './caller-writes.ts';
import { storeValue } from './stored-values.ts';

export type Beginning = {
  readonly org: string;
  readonly id: string;
  readonly plan: Plan;
  readonly trigger: ExecutionTrigger;
  readonly input: JsonValue;
  readonly parent?: Execution['parent'];
  readonly forkedFrom?: Execution['forkedFrom'];
  readonly depth?: number;
  readonly seeds?: number;
  readonly spendUnit?: Execution['spendUnit'];
};

/** An input may hold a webhook's largest body twice (as `body` and as merged fields), or encoded. */
async function storeInput(
  app: App,
  owner: { readonly org: string; readonly id: string },
  input: JsonValue,
): Promise<StoredValue> {
  try {
    return await storeValue(app, owner, 'input', input, inputLimitBytes);
  } catch (error) {
    if (error instanceof StepError) throw new AppError('BODY_TOO_LARGE', { limitBytes: inputLimitBytes }, { cause: error });
    throw error;
  }
}

/** `told`: who hears that it has started; its writes belong to the commit that creates the execution. */
export type Begun = { readonly execution: Execution; readonly root: Branch; readonly told: CallerWrites };

export async function newExecution(app: App, beginning: Beginning): Promise<Begun> {
  const { org, id, plan, trigger } = beginning;
  const now = app.clock.now();
  const { timeoutMs } = plan.definition.settings;
  const execution: Execution = {
    id,
    org,
    workflowId: plan.workflowId,
    workflowName: plan.definition.name,
    version: plan.version,
    status: 'running',
    stopping: null,
    paused: false,
    generation: 1,
    trigger,
    input: await storeInput(app, { org, id }, beginning.input),
    output: null,
    error: null,
    response: null,
    startedAt: toInstant(now),
    updatedAt: toInstant(now),
    endedAt: null,
    deadlineAt: timeoutMs === undefined ? null : toInstant(now + timeoutMs),
    due: timeoutMs === undefined ? null : dueAt(id, now + timeoutMs),
    expiresAt: null,
    seed: app.ids.make('seed'),
    forkedFrom: beginning.forkedFrom ?? null,
    parent: beginning.parent ?? null,
    depth: beginning.depth ?? 0,
    seeds: beginning.seeds ?? 0,
    compensated: false,
    ...(beginning.spendUnit === undefined ? {} : { spendUnit: beginning.spendUnit }),
    slot: false,
  };
  const trace = traceOfStart(app.telemetry, trigger.kind);
  if (trace !== undefined) execution.trace = trace;
  armDeadline(app, execution);
  const first = { id: '$start', scope: '', first: '$start', at: { scope: '', node: '$start' }, lane: null, steps: [] };
  const told = await eventWrites(app, org, startedEvent(app, execution));
  return { execution, root: newBranch({ org, executionId: id }, first, plan, now), told };
}
