/** What a dead message said: inline while it is small, else as a blob of the letter's own, which retention deletes with it. */
import type { DeadLetter } from '@automateos/shared/model/dead-letter';
import type { App } from '../app-context.ts';

/** As the queue handed it over. */
export type DeadMessage = {
  /** `projects/p/subscriptions/s`, of the topic that it was given up on. */
  readonly subscription: string;
  readonly messageId: string;
  readonly data: Uint8Array;
  readonly attributes: Readonly<Record<string, string>>;
  readonly deliveryAttempt?: number | null | undefined;
  readonly publishTime?: string | null | undefined;
  /** Known to be an event, whatever it came by; absent where only its subscription tells. */
  readonly isEvent?: true | undefined;
};

type Delivery = NonNullable<DeadLetter['delivery']>;

const inlineBytes = 8 * 1024;
/** A message of the queue is no larger, attributes included. */
const mostBytes = 10 * 1024 * 1024;
const mostAttributes = 100;
const attributeChars = 1_024;

export const letterBlobs = (place: string, id: string): string => `${place}/dead-letters/${id}/`;

/** `place` is the organization, or `installation`. */
export async function keepDelivery(app: App, place: string, id: string, message: DeadMessage): Promise<Delivery> {
  const { subscription, messageId, data, attributes } = message;
  const kept = data.subarray(0, mostBytes);
  const key = `${letterBlobs(place, id)}data`;
  if (kept.length > inlineBytes) await app.blobs.put(key, kept);
  return {
    subscription: subscription.slice(0, 1_024),
    messageId: messageId.slice(0, 1_024),
    attempts: attemptsOf(message),
    publishTime: message.publishTime?.slice(0, 64) ?? null,
    attributes: boundedAttributes(attributes),
    bytes: data.length,
    data: kept.length > inlineBytes ? { blob: key } : { base64: Buffer.from(kept).toString('base64') },
  };
}

/** null where retention has taken it. */
export async function readDelivery(app: App, { data }: Delivery): Promise<Uint8Array | null> {
  return 'base64' in data ? new Uint8Array(Buffer.from(data.base64, 'base64')) : app.blobs.get(data.blob);
}

/** Pub/Sub tells the count of the subscription that gave up in an attribute; `deliveryAttempt` counts on the dead-letter subscription. */
function attemptsOf({ attributes, deliveryAttempt }: DeadMessage): number | null {
  const told = Number(attributes.CloudPubSubDeadLetterSourceDeliveryCount ?? deliveryAttempt ?? Number.NaN);
  return Number.isSafeInteger(told) && told >= 0 ? told : null;
}

function boundedAttributes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(attributes).slice(0, mostAttributes);
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(0, 256), value.slice(0, attributeChars)]));
}
