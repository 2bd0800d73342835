/** Checks the answer against the step's `responseSchema`. */
import type { JsonValue } from '@automateos/shared/model/json';
import { compileJsonSchema } from '../../json-schema/compile-json-schema.ts';
import { invalidParams, invalidResponse } from './step-failure.ts';

export function validateResponse(schema: JsonValue, body: JsonValue): void {
  const compiled = compileJsonSchema(schema);
  if (!compiled.ok) throw invalidParams(`responseSchema: ${compiled.reason}.`);
  const fault = compiled.validate(body);
  if (fault !== null) throw invalidResponse(`The answer does not match responseSchema: ${fault}.`);
}
