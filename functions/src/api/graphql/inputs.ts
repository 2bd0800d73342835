/** What GraphQL's types cannot say of an input: an object rather than any JSON, and the bounds that REST has in zod. Throws INVALID_PARAMS with the path. */
import { AppError } from '@automateos/shared/model/app-error';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { z } from 'zod';
import { parsePart } from '../http/route.ts';

export function requireObject(value: JsonValue, name: string): JsonObject {
  if (isJsonObject(value)) return value;
  throw new AppError('INVALID_PARAMS', { reason: `${name} must be an object.` });
}

/** As the header of REST: 1 to 255 printable characters. */
export function requireIdempotencyKey(key: string | null): string | null {
  if (key === null || /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(key)) return key;
  throw new AppError('INVALID_PARAMS', { reason: 'idempotencyKey must be 1 to 255 printable characters.' });
}

/** Throws INVALID_PARAMS with the path of each part that does not fit. */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  return parsePart(schema, value, 'body');
}
