/**
 * Bodies that are definitions: taken as any JSON here, because validateDefinition finds every problem of shape and sense at once. The
 * OpenAPI document shows the definition's own schema.
 */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { z } from 'zod';

export const definitionBody = z
  .custom<JsonValue>((value) => value !== undefined)
  .meta({ docs: { $ref: '#/components/schemas/DefinitionInput' } });

/** A draft: an object, complete or not. */
export const draftBody = z
  .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'must be an object')
  .meta({ docs: { type: 'object', description: 'A definition, complete or not', additionalProperties: true } });

/** Any JSON value. */
export const anyJson = z.custom<JsonValue>((value) => value !== undefined, 'must be a JSON value').meta({ docs: {} });

/** Any JSON object. */
export const anyJsonObject = z
  .custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'must be an object')
  .meta({ docs: { type: 'object', additionalProperties: true } });
