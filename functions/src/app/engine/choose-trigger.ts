import type { Plan } from '@automateos/shared/engine/plan';
import { planScope } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { ExecutionTrigger } from '@automateos/shared/model/execution';

const typeOfKind: Partial<Record<ExecutionTrigger['kind'], string>> = {
  webhook: 'trigger.webhook',
  schedule: 'trigger.schedule',
  event: 'trigger.event',
  error: 'trigger.error',
};

/** The trigger node an execution starts at: the one asked for, else the fitting one, else trigger.manual, else the only one. */
export function chooseTrigger(plan: Plan, asked: string | undefined, kind: ExecutionTrigger['kind']): string {
  const triggers = planScope(plan, '').entries.filter((id) => plan.nodes.get(id)?.type.startsWith('trigger.'));
  if (asked !== undefined) {
    if (triggers.includes(asked)) return asked;
    throw new AppError('TRIGGER_UNKNOWN', { triggerId: asked, choices: triggers });
  }
  const ofType = (type: string | undefined): string | undefined => triggers.find((id) => plan.nodes.get(id)?.type === type);
  const chosen = ofType(typeOfKind[kind]) ?? ofType('trigger.manual') ?? (triggers.length === 1 ? triggers[0] : undefined);
  if (chosen !== undefined) return chosen;
  if (triggers.length === 0) throw new AppError('INVALID_PARAMS', { reason: 'The workflow has no trigger that is switched on.' });
  throw new AppError('TRIGGER_REQUIRED', { choices: triggers });
}
