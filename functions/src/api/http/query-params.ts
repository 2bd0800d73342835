/** Query parameters that many lists share. They arrive as text; `docs` is what the OpenAPI document says of them instead. */
import { z } from 'zod';

export const limitParam = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a whole number from 1 to 200')
  .transform(Number)
  .refine((limit) => limit >= 1 && limit <= 200, 'must be a whole number from 1 to 200')
  .default(50)
  .meta({ docs: { type: 'integer', minimum: 1, maximum: 200, default: 50 }, description: 'Items of a page' });

export const cursorParam = z.string().min(1).max(4_096).optional().describe('nextCursor of the page before');

export const pageParams = { limit: limitParam, cursor: cursorParam };

export const booleanParam = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ docs: { type: 'boolean' } });

export const integerParam = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number)
  .meta({ docs: { type: 'integer', minimum: 0 } });

export const instantParam = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2026-01-31T12:00:00Z' })
  .transform((text) => new Date(text).toISOString())
  .meta({ docs: { type: 'string', format: 'date-time' } });

/** Of a range of time: the first belongs to it, the last does not. */
export const fromParam = instantParam.optional().describe('At this instant or later');
export const toParam = instantParam.optional().describe('Before this instant');

/** `{items, nextCursor}` of a schema. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('null on the last page') });
}

/** Ids are opaque: one that does not exist, malformed or foreign, is 404. */
export const idParams = z.object({ id: z.string() });
