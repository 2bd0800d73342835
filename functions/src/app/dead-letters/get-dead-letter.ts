/** One letter with all that a person needs to decide what becomes of it: the execution, the step and its input, what the message said. */
import { AppError } from '@automateos/shared/model/app-error';
import type { DeadLetter, DeadLetterDetail } from '@automateos/shared/model/dead-letter';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { StepView } from '@automateos/shared/model/execution-view';
import type { Principal } from '@automateos/shared/model/principal';
import type { App } from '../app-context.ts';
import { requirePermission } from '../auth/permissions.ts';
import { runsNot } from '../engine/close-letters.ts';
import { editableManifest } from '../engine/edit-step.ts';
import { findPlan } from '../engine/plan-of.ts';
import { readExecution } from '../engine/read-execution.ts';
import { queryStatus } from '../executions/derive-status.ts';
import { listSteps } from '../executions/list-steps.ts';
import { presentSummary } from '../executions/read-execution-view.ts';
import { readDelivery } from './dead-delivery.ts';
import { findLetter } from './find-letter.ts';
import { presentDelivery, presentLetter } from './present-dead-letter.ts';

export async function getDeadLetter(app: App, principal: Principal, id: string): Promise<DeadLetterDetail> {
  requirePermission(principal, 'dead-letters.read');
  const { letter } = await findLetter(app, principal, id);
  const execution = letter.executionId === null ? null : await executionOf(app, principal, letter.executionId);
  const step = execution && letter.kind === 'step' ? await stepOf(app, principal, letter) : null;
  const data = letter.delivery === null ? null : await readDelivery(app, letter.delivery);
  const reason = letter.kind === 'step' ? whyNotStep(letter, execution, step) : whyNotMessage(letter);
  return {
    ...presentLetter(letter),
    delivery: presentDelivery(letter.delivery, data === null ? null : Buffer.from(data).toString('base64')),
    execution: execution && presentSummary(execution, await queryStatus(app, execution)),
    step,
    redrive: { possible: reason === null, reason, editable: reason === null && (await isEditable(app, letter, execution)) },
  };
}

async function executionOf(app: App, principal: Principal, id: string): Promise<Execution | null> {
  try {
    return (await readExecution(app, principal.org, id)).data;
  } catch (error) {
    if (error instanceof AppError && error.code === 'NOT_FOUND') return null; // retention was here
    throw error;
  }
}

async function stepOf(app: App, principal: Principal, letter: DeadLetter): Promise<StepView | null> {
  const { executionId, nodeId, scope } = letter;
  const request = { executionId: executionId ?? '', nodeId: nodeId ?? '', scope: scope ?? '', limit: 1, after: null };
  return (await listSteps(app, principal, request)).items[0] ?? null;
}

/** What a redrive would find; it decides for itself. */
function whyNotStep(letter: DeadLetter, execution: Execution | null, step: StepView | null): string | null {
  if (letter.status !== 'open') return `it was ${letter.status} already`;
  if (execution === null) return 'its execution is not there any more';
  if (!isTerminal(execution.status)) return 'its execution has not ended';
  const waits = step?.status === 'failed' && !step.handled && step.generation === (letter.generation ?? step.generation);
  if (execution.status === 'succeeded' || !waits) return runsNot;
  return execution.compensated ? 'the compensations of its execution have run; fork it or start it anew' : null;
}

function whyNotMessage(letter: DeadLetter): string | null {
  if (letter.status !== 'open') return `it was ${letter.status} already`;
  return letter.reason === 'UNREADABLE_MESSAGE' ? 'it is no message that this installation sends' : null;
}

async function isEditable(app: App, letter: DeadLetter, execution: Execution | null): Promise<boolean> {
  if (letter.kind !== 'step' || execution === null || letter.nodeId === null) return false;
  const plan = await findPlan(app, execution);
  return plan !== null && editableManifest(app, plan, letter.nodeId) !== null;
}
