/** The input of an execution against the definition's `inputs` (JSON Schema). */
import type { Plan } from '@automateos/shared/engine/plan';
import { AppError } from '@automateos/shared/model/app-error';
import type { ExecutionTrigger } from '@automateos/shared/model/execution';
import type { JsonValue } from '@automateos/shared/model/json';
import { asDocument } from './as-document.ts';

/** Throws INVALID_PARAMS. Only what people and callers send is checked: webhooks carry whatever they carry. */
export async function checkInput(plan: Plan, input: JsonValue, kind: ExecutionTrigger['kind']): Promise<void> {
  const { inputs } = plan.definition;
  if (!inputs || (kind !== 'manual' && kind !== 'call')) return;
  // Ajv is loaded by those who use it: most workflows declare no inputs, and a start must not wait for it.
  const { compileJsonSchema } = await import('../../json-schema/compile-json-schema.ts');
  const schema = compileJsonSchema(asDocument(inputs));
  if (!schema.ok)
    throw new AppError('INVALID_PARAMS', { reason: `The workflow's inputs schema cannot be used: ${schema.reason}` });
  const fault = schema.validate(input ?? {});
  if (fault === null) return;
  const problems = [{ path: 'input', code: 'INPUT_INVALID', message: fault }];
  throw new AppError('INVALID_PARAMS', { reason: `The input does not fit the schema of the workflow: ${fault}` }, { problems });
}
