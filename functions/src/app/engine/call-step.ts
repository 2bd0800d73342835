/** flow.call: the called execution is created in the commit that waits for it; its end wakes this branch; its errors are this step's. */
import type { Step } from '@automateos/shared/model/branch';
import { Execution, isTerminal } from '@automateos/shared/model/execution';
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import { executionStarted } from '../telemetry/execution-events.ts';
import { findWorkflow } from '../workflows/find-workflow.ts';
import { announce } from './announce.ts';
import { asDocument } from './as-document.ts';
import { calledId } from './callback-token.ts';
import { checkInput } from './check-input.ts';
import { type Committed, checkpoint } from './checkpoint.ts';
import { chooseTrigger } from './choose-trigger.ts';
import { newExecution } from './new-execution.ts';
import { planOf } from './plan-of.ts';
import { owner, putStep, type Run, refOf, withStep } from './run.ts';
import { loadStoredValue, storeValue } from './stored-values.ts';

const lookAgainMs = 60_000;

export async function callStep(run: Run, step: Step, params: JsonObject): Promise<Committed> {
  const { app, execution } = run;
  const { org } = run.branch;
  const called = await findWorkflow(app, org, String(params.workflow));
  if (!called) throw refused('WORKFLOW_NOT_FOUND', `There is no workflow ${String(params.workflow)}`);
  if (execution.data.depth + 1 > app.settings.maxDepth) {
    throw refused('CALL_TOO_DEEP', `Calls are nested more than ${app.settings.maxDepth} deep`);
  }
  const plan = await app.plans.load(org, called.id, called.activeVersion ?? called.latestVersion, app.store);
  if (!plan) throw refused('WORKFLOW_NOT_FOUND', `The workflow ${called.name} has no version to run`);
  if (plan.missingTypes.size > 0) {
    throw refused(
      'NODE_TYPE_MISSING',
      `The workflow ${called.name} needs node types that are missing here: ${[...plan.missingTypes].join(', ')}`,
    );
  }
  const input = params.input ?? null;
  await checkInput(plan, input, 'call');
  const wait = params.wait !== false;
  const id = calledId(execution.data, step.scope, step.node, step.generation);
  const beginning = await newExecution(app, {
    org,
    id,
    plan,
    trigger: { kind: 'call', nodeId: chooseTrigger(plan, undefined, 'call') },
    input,
    parent: { executionId: run.branch.executionId, branchId: run.branch.id, nodeId: step.node, wait },
    depth: execution.data.depth + 1,
    spendUnit: execution.data.spendUnit,
  });
  const ended = {
    status: 'succeeded',
    endedAt: toInstant(app.clock.now()),
    port: 'main',
    output: { v: { executionId: id } },
  } as const;
  const next = withStep(run.branch, wait ? { ...step, status: 'waiting' } : { ...step, ...ended });
  const committed = await checkpoint(run, {
    branch: wait
      ? { ...next, status: 'waiting', wait: { kind: 'call', executionId: id, wakeAt: null }, answer: null }
      : { ...next, wait: null, answer: null },
    writes: [
      { kind: 'create', path: paths.execution(org, id), data: asDocument(beginning.execution) },
      { kind: 'create', path: paths.branch(org, id, beginning.root.id), data: asDocument(beginning.root) },
      ...beginning.told.writes,
    ],
    hints: 1 + beginning.told.hints,
  });
  if (committed !== 'ok') return committed;
  executionStarted(app, beginning.execution);
  await announce(app, beginning.root.pool, [refOf(beginning.root)]);
  await beginning.told.announce();
  return committed;
}

/** The execution was retried after a stop: the called one goes on, or is over, or is called anew by the next generation. */
export async function resumeCall(run: Run, waiting: Step, executionId: string): Promise<Committed> {
  const snapshot = await run.app.store.get(paths.execution(run.branch.org, executionId));
  const called = snapshot ? Execution.parse(snapshot.data) : null;
  if (called?.status === 'succeeded') return takeOutput(run, waiting, called);
  if (called && !isTerminal(called.status) && !called.stopping) {
    // It may end in this very moment, when this branch does not wait yet: so it is looked at again.
    const wakeAt = toInstant(run.app.clock.now() + lookAgainMs);
    return checkpoint(run, { branch: { ...run.branch, status: 'waiting', wait: { kind: 'call', executionId, wakeAt } } });
  }
  const again: Step = { ...waiting, attempt: 0, generation: waiting.generation + 1 };
  run.branch = { ...withStep(run.branch, again), wait: null, answer: null };
  run.steps.set(`${again.scope}|${again.node}`, again);
  return 'ok';
}

/** It ended well while its caller stood still: its work is not done twice. */
async function takeOutput(run: Run, waiting: Step, called: Execution): Promise<Committed> {
  const plan = await planOf(run.app, called);
  const value = called.output ? await loadStoredValue(run.app, called, plan, called.output) : null;
  const output = await storeValue(run.app, owner(run), `call.${called.id}`, value);
  putStep(run, { ...waiting, status: 'succeeded', endedAt: toInstant(run.app.clock.now()), port: 'main', output });
  run.branch = { ...run.branch, wait: null, answer: null };
  return 'ok';
}

function refused(code: string, message: string): StepError {
  return new StepError({ code, message, retryable: false });
}
