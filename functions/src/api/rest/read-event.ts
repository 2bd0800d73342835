/**
 * An event as it is sent: our own short form, a CloudEvent 1.0 as JSON (structured mode), or one whose attributes are `ce-` headers and
 * whose data is the body (binary mode). Throws INVALID_PARAMS with the path of each attribute that is missing or wrong.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { z } from 'zod';
import { CloudEvent, eventOf, withoutNulls } from '../../app/events/cloud-event.ts';
import type { IncomingEvent } from '../../app/events/incoming-event.ts';
import { parsePart, type RequestInfo } from '../http/route.ts';
import { anyJson } from './definition-body.ts';

const { type, source } = CloudEvent.shape;

export const PlainEvent = z.strictObject({ type, source: source.optional(), data: anyJson.optional() });

const binaryAttributes = ['specversion', 'id', 'type', 'source', 'subject', 'time'] as const;

export function readEvent(body: JsonValue, request: Pick<RequestInfo, 'header'>): IncomingEvent {
  if (request.header('ce-specversion') !== null) return cloudEvent(binaryEvent(body, request));
  if (isJsonObject(body) && Object.hasOwn(body, 'specversion')) return cloudEvent(body);
  return parsePart(PlainEvent, body, 'body');
}

function cloudEvent(value: JsonValue): IncomingEvent {
  return eventOf(parsePart(CloudEvent, withoutNulls(value), 'body'));
}

function binaryEvent(data: JsonValue, { header }: Pick<RequestInfo, 'header'>): JsonObject {
  const attributes = binaryAttributes.flatMap((name) => {
    const value = header(`ce-${name}`);
    return value === null ? [] : [[name, decode(name, value)]];
  });
  // without a content type there was no body, and `{}` only stands for it
  return { ...Object.fromEntries(attributes), ...(header('content-type') === null ? {} : { data }) };
}

/** Header values are percent-encoded where they hold more than printable ASCII. */
function decode(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    throw new AppError('MALFORMED_REQUEST', { reason: `The header ce-${name} is not properly percent-encoded.` }, { cause });
  }
}
