/**
 * A Pub/Sub message as an event: a CloudEvent in either mode of its Pub/Sub binding (structured: `content-type` says so and the data is the
 * event; binary: attributes `ce-...`, the data is its data), else the message itself, as Eventarc would tell of it.
 */
import type { JsonValue } from '@automateos/shared/model/json';
import { jsonOfBytes } from '../json-of-bytes.ts';
import { zodProblems } from '../zod-problems.ts';
import { CloudEvent, eventOf, withoutNulls } from './cloud-event.ts';
import { eventData } from './event-data.ts';
import type { DeliveredEvent } from './receive-event.ts';

export type EventMessage = {
  /** `projects/p/topics/t`, or the subscription where the topic is not known. */
  readonly topic: string;
  readonly messageId: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly publishTime?: string | null | undefined;
};

export type MessageEvent =
  | { readonly ok: true; readonly event: DeliveredEvent }
  /** It says that it is a CloudEvent and is none. */
  | { readonly ok: false; readonly reason: string };

const plainType = 'google.cloud.pubsub.topic.v1.messagePublished';
/** Added by Pub/Sub on the way. */
const ofPubSub = /^(CloudPubSubDeadLetter|googclient_)/;
const attributeNames = ['specversion', 'id', 'type', 'source', 'subject', 'time', 'datacontenttype'] as const;

export function eventOfMessage(message: EventMessage): MessageEvent {
  const { data, attributes } = message;
  const own = new Map(Object.entries(attributes).map(([name, value]) => [name.toLowerCase(), value]));
  const contentType = own.get('content-type') ?? own.get('ce-datacontenttype');
  if (contentType !== undefined && /^application\/cloudevents\+json\b/i.test(contentType)) return parsed(jsonOfBytes(data));
  if (own.has('ce-specversion')) {
    const values = attributeNames.flatMap((name) => {
      const value = name === 'datacontenttype' ? contentType : own.get(`ce-${name}`);
      return value === undefined ? [] : [[name, value] as const];
    });
    return parsed({ ...Object.fromEntries(values), ...(data.length === 0 ? {} : { data: eventData(data, contentType) }) });
  }
  return { ok: true, event: plainEvent(message) };
}

function parsed(value: JsonValue | undefined): MessageEvent {
  if (value === undefined) return { ok: false, reason: 'it is a CloudEvent by its content type, and not JSON' };
  const event = CloudEvent.safeParse(withoutNulls(value));
  if (event.success) return { ok: true, event: eventOf(event.data) };
  const faults = zodProblems(event.error, '', value).map(({ path, message }) => `${path}: ${message}`);
  return { ok: false, reason: `it is no valid CloudEvent: ${faults.slice(0, 5).join('; ')}` };
}

function plainEvent({ topic, messageId, data, attributes, publishTime }: EventMessage): DeliveredEvent {
  const sent = Object.entries(attributes).filter(([name]) => !ofPubSub.test(name));
  return {
    id: messageId,
    type: plainType,
    source: `//pubsub.googleapis.com/${topic}`,
    data: eventData(data),
    time: publishTime ?? undefined,
    ...(sent.length === 0 ? {} : { attributes: Object.fromEntries(sent) }),
  };
}
