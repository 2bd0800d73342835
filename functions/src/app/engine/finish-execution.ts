/** The end of an execution is a commit like any other: under the execution's version, with all that hangs on it. */
import { planScope } from '@automateos/shared/engine/plan';
import type { Branch } from '@automateos/shared/model/branch';
import type { Execution, TerminalStatus } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import type { Join, Loop } from '@automateos/shared/model/join';
import { StepError } from '@automateos/shared/model/step-error';
import type { StoredValue } from '@automateos/shared/model/stored-value';
import { eventWrites } from '../outgoing-webhooks/delivery-writes.ts';
import { endedEvent } from '../outgoing-webhooks/webhook-event.ts';
import { executionFinished } from '../telemetry/execution-events.ts';
import { announce } from './announce.ts';
import { callerWrites } from './caller-writes.ts';
import { type Committed, checkpoint } from './checkpoint.ts';
import { findStep } from './find-step.ts';
import { owner, type Run } from './run.ts';
import { slotWrites } from './slots.ts';
import { scopeResult, storeValue } from './stored-values.ts';

type Ending = { readonly branch: Branch; readonly joins: readonly Join[]; readonly loops: readonly Loop[] };

export async function finishExecution(run: Run, ending: Ending): Promise<Committed> {
  const { data } = run.execution;
  if (data.stopping && run.app.settings.plantedBug !== 'stop-ignored-by-end') return stopHere(run);
  const output = await executionOutput(run);
  const execution = ended(run, data, 'succeeded', output);
  const caller = await callerWrites(run, execution);
  const slot = await slotWrites(run.app, data, run.plan);
  const told = await eventWrites(run.app, data.org, endedEvent(run.app, execution, 'succeeded'));
  const committed = await checkpoint(run, {
    branch: { ...ending.branch, at: null, status: 'ended' },
    joins: ending.joins,
    loops: ending.loops,
    execution,
    writes: [...caller.writes, ...slot.writes, ...told.writes],
    hints: caller.hints + slot.hints + told.hints,
  });
  if (committed === 'ok') {
    executionFinished(run.app, execution);
    await caller.announce();
    await slot.announce();
    await told.announce();
  }
  return committed;
}

/** The execution as its last commit writes it. */
export function ended(run: Run, execution: Execution, status: TerminalStatus, output: StoredValue | null): Execution {
  const now = run.app.clock.now();
  const days = run.plan.definition.settings.retentionDays ?? run.app.settings.retentionDays;
  return {
    ...execution,
    status,
    output,
    stopping: null,
    paused: false,
    slot: false,
    endedAt: toInstant(now),
    due: null,
    expiresAt: toInstant(now + days * 86_400_000),
  };
}

/** flow.respond's value, else the only sink's output, else an object by node id. */
async function executionOutput(run: Run): Promise<StoredValue> {
  const response = run.patch?.response ?? run.execution.data.response;
  if (response) return response.body;
  const { sinks } = planScope(run.plan, '');
  const [only] = sinks;
  if (sinks.length === 1 && only !== undefined) return (await findStep(run, '', only))?.output ?? { v: null };
  try {
    const value = await scopeResult(run.app, owner(run), run.plan, (node) => findStep(run, '', node), '');
    return await storeValue(run.app, owner(run), `output.${run.claimId}`, value);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    // Each output is stored with its step; only their sum is too large to be put together.
    return { v: { error: { code: error.failure.code, message: error.failure.message } } };
  }
}

/** The execution is being stopped: what is recorded stays, nothing is routed, the branch rests where it stands. */
export async function stopHere(run: Run): Promise<Committed> {
  const committed = await checkpoint(run, { branch: { ...run.branch, status: 'stopped' }, hints: 1 });
  if (committed === 'ok') {
    const { org, executionId } = run.branch;
    const branchId = `stop.${run.execution.data.generation}`;
    await announce(run.app, 'branches', [{ org, executionId, branchId }]);
  }
  return committed;
}
