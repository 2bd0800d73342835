import type { JsonObject } from '@automateos/shared/model/json';

/**
 * Our records are JSON by construction (zod schemas of JSON types); TypeScript cannot see that through optional fields, whose
 * `undefined` the store drops as JSON does.
 */
export function asDocument(record: object): JsonObject {
  return record as JsonObject;
}
