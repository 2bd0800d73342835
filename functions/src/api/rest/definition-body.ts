/**
 * Bodies that are definitions: taken as any JSON here, because validateDefinition finds every problem of shape and sense at once. The
 * OpenAPI document shows the definition's own schema.
 */
import { Definition } from '@automateos/shared/model/definition';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { z } from 'zod';

const definitionSchema = z.toJSONSchema(Definition, { io: 'input', unrepresentable: 'any', reused: 'inline' });

export const definitionBody = z.custom<JsonValue>((value) => value !== undefined).meta({ docs: inlineDefs(definitionSchema) });

/** A draft: an object, complete or not. */
export const draftBody = z
  .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'must be an object')
  .meta({ docs: { type: 'object', description: 'A definition, complete or not', additionalProperties: true } });

/** Any JSON value. */
export const anyJson = z.custom<JsonValue>((value) => value !== undefined, 'must be a JSON value').meta({ docs: {} });

/** `docs` stands in the middle of a larger schema, where `$defs` would be lost: recursive JSON values become "anything". */
function inlineDefs(schema: object): object {
  const { $schema: _, $defs: __, ...rest } = schema as Record<string, unknown>; // JSON Schema is an object
  return JSON.parse(JSON.stringify(rest), (_key, value) => (isRef(value) ? {} : value)) as object; // as above
}

function isRef(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '$ref' in value;
}
