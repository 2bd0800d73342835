import { isJsonObject, type JsonObject, type JsonPrimitive, type JsonValue, ownValue } from '@automateos/shared/model/json';

/** The primitive at a dotted path of a document; null where there is none. */
export function getPath(data: JsonObject, field: string): JsonPrimitive {
  let value: JsonValue | undefined = data;
  for (const key of field.split('.')) value = isJsonObject(value) ? ownValue(value, key) : undefined;
  return value === undefined || (typeof value === 'object' && value !== null) ? null : value;
}
