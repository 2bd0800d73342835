/**
 * CloudEvents 1.0 as JSON. Attributes that are null count as absent, extensions are allowed and not passed on, data comes as JSON or, in
 * `data_base64`, as bytes (CloudEvents JSON format 1.0.2, sections 2.2 and 3.1).
 */
import { isJsonObject, type JsonValue } from '@automateos/shared/model/json';
import { z } from 'zod';
import { eventData } from './event-data.ts';
import type { DeliveredEvent } from './receive-event.ts';

const text = (max: number) => z.string().min(1).max(max);

export const CloudEvent = z
  .looseObject({
    specversion: z.literal('1.0'),
    id: text(1_024),
    type: text(256),
    source: text(1_024),
    subject: text(1_024).optional(),
    time: z.iso.datetime({ offset: true }).optional(),
    datacontenttype: z.string().max(256).optional(),
    data: z
      .custom<JsonValue>((value) => value !== undefined, 'must be a JSON value')
      .meta({ docs: {} })
      .optional(),
    data_base64: z.base64().optional(),
  })
  .refine((event) => event.data === undefined || event.data_base64 === undefined, {
    path: ['data_base64'],
    message: 'data and data_base64 exclude each other.',
  });

/** What `CloudEvent` parses: nulls are absent attributes, but null data is data. */
export function withoutNulls(value: JsonValue): unknown {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name, each]) => each !== null || name === 'data'));
}

export function eventOf(event: z.infer<typeof CloudEvent>): DeliveredEvent {
  const { id, type, source, subject, time, data, datacontenttype, data_base64: encoded } = event;
  const bytes = encoded === undefined ? null : new Uint8Array(Buffer.from(encoded, 'base64'));
  return { id, type, source, subject, time, data: bytes === null ? data : eventData(bytes, datacontenttype) };
}
