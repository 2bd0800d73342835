/** The input of an execution against the definition's `inputs` (JSON Schema). Compiled once per plan. */
import type { Plan } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { ExecutionTrigger } from '@automateos/shared/model/execution';
import type { JsonValue } from '@automateos/shared/model/json';
import { Ajv, type ValidateFunction } from 'ajv';

const validators = new WeakMap<Plan, ValidateFunction>();

/** Throws INVALID_PARAMS with a problem per fault. Only what people and callers send is checked: webhooks carry whatever they carry. */
export function checkInput(plan: Plan, input: JsonValue, kind: ExecutionTrigger['kind']): void {
  const { inputs } = plan.definition;
  if (!inputs || (kind !== 'manual' && kind !== 'call')) return;
  let validate = validators.get(plan);
  if (!validate) {
    validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(inputs);
    validators.set(plan, validate);
  }
  if (validate(input ?? {})) return;
  const problems = (validate.errors ?? []).slice(0, 50).map((error) => ({
    path: `input${error.instancePath.replaceAll('/', '.')}`,
    code: 'INPUT_INVALID',
    message: error.message ?? 'does not fit the schema',
  }));
  throw new AppError('INVALID_PARAMS', { reason: 'The input does not fit the schema of the workflow' }, { problems });
}
