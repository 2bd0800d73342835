/**
 * What Pub/Sub, Cloud Tasks, Cloud Scheduler and Eventarc push to a function, parsed after the sender is known. A Pub/Sub envelope keeps
 * its data as the bytes that were published: whoever handles it says what they mean. Everything in it but the data is a claim of the
 * transport's: the count of deliveries and the attributes are for logs and records, and at most decide that an event is recorded before it is given up.
 */
import { AppError } from '@automateos/shared/model/app-error';
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { z } from 'zod';
import { decodeUtf8, parseJson, refuseProto } from '../http/read-body.ts';
import { reading } from './unreadable-push.ts';

type Common = {
  /** Path of the URL that was called, `/` for most. */
  readonly path: string;
  /** W3C traceparent of the sender; null when there is none or it is malformed. */
  readonly trace: string | null;
};

/** A Pub/Sub push, wrapped (https://cloud.google.com/pubsub/docs/push); Eventarc's for a Pub/Sub topic has the same body. */
export type PubSubPush = Common & {
  readonly kind: 'pubsub';
  /** `projects/P/subscriptions/S` */
  readonly subscription: string;
  readonly messageId: string;
  readonly publishTime: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  /** As it was published. */
  readonly data: Uint8Array;
  /** null where the subscription has no dead-letter policy. */
  readonly deliveryAttempt: number | null;
};

/** A task, a scheduled job, or a CloudEvent in either of its modes. */
export type HttpPush = Common & {
  readonly kind: 'http';
  /** Lower-case names. */
  header(name: string): string | null;
  /** `{}` for an empty body. */
  readonly value: JsonValue;
};

export type PushMessage = PubSubPush | HttpPush;

export type PushRequest = {
  readonly body: Uint8Array;
  readonly path: string;
  header(name: string): string | null;
};

const name = z.string().min(1).max(1_024);
const optionalName = name.optional();

/** Both spellings are sent; fields that are added later are not our business. */
const Envelope = z.object({
  subscription: name,
  deliveryAttempt: z.int().min(0).optional(),
  message: z
    .object({
      data: z.string().optional(),
      attributes: z.record(z.string(), z.string()).optional(),
      messageId: optionalName,
      message_id: optionalName,
      publishTime: optionalName,
      publish_time: optionalName,
    })
    .refine((message) => (message.messageId ?? message.message_id) !== undefined, 'has no messageId'),
});

/** Throws UnreadablePush. */
export function parsePush(request: PushRequest): PushMessage {
  return reading(() => {
    const value = request.body.length === 0 ? {} : parseJson(decodeUtf8(jsonBody(request)));
    refuseProto(value);
    return isEnvelope(value) ? parseEnvelope(value, request) : parseHttp(value, request);
  });
}

/** The data of a Pub/Sub message, or the body of a request, as a JSON object. Throws UnreadablePush. */
export function objectOf(push: PushMessage): JsonObject {
  return reading(() => {
    const value = push.kind === 'http' ? push.value : parseJson(decodeUtf8(push.data));
    if (!isJsonObject(value)) throw new AppError('MALFORMED_BODY', { reason: 'it is no JSON object.' });
    refuseProto(value);
    return value;
  });
}

function isEnvelope(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, 'subscription') && Object.hasOwn(value, 'message');
}

function parseEnvelope(value: JsonObject, { path }: PushRequest): PubSubPush {
  const parsed = Envelope.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError('INVALID_PARAMS', {
      reason: `The push is not one of Pub/Sub: ${issue?.path.join('.')}: ${issue?.message}`,
    });
  }
  const { subscription, deliveryAttempt = null, message } = parsed.data;
  const attributes = message.attributes ?? {};
  return {
    ...{ kind: 'pubsub', path, subscription, deliveryAttempt, attributes },
    messageId: message.messageId ?? message.message_id ?? '',
    publishTime: message.publishTime ?? message.publish_time ?? null,
    trace: traceOf(Object.hasOwn(attributes, 'traceparent') ? (attributes.traceparent ?? null) : null),
    data: decodeBase64(message.data ?? ''),
  };
}

function parseHttp(value: JsonValue, { path, header }: PushRequest): HttpPush {
  return { kind: 'http', path, header, value, trace: traceOf(header('traceparent')) };
}

/** Scheduler sends a body without a type as bytes. */
const jsonTypes = /^(application\/(json|octet-stream|[a-z0-9.-]+\+json))\s*(;\s*charset="?utf-8"?\s*)?$/i;

function jsonBody({ body, header }: PushRequest): Uint8Array {
  const type = header('content-type');
  const encoding = header('content-encoding');
  const isPlain = encoding === null || encoding.toLowerCase() === 'identity';
  if (isPlain && (type === null || jsonTypes.test(type))) return body;
  const sent = isPlain ? (type ?? '') : `with encoding ${encoding}`;
  throw new AppError('UNSUPPORTED_MEDIA_TYPE', { contentType: sent.slice(0, 128), expected: 'application/json' });
}

/** Pub/Sub encodes with padding; anything that does not decode to exactly what was encoded is not from there. */
function decodeBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new AppError('MALFORMED_BODY', { reason: 'message.data is not base64.' });
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const traceparent = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const traceOf = (text: string | null): string | null => (text !== null && traceparent.test(text) ? text : null);
