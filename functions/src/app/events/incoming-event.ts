/** An event as it came in, whatever it came by: the attributes of a CloudEvent and its data. */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';

export type IncomingEvent = {
  readonly type: string;
  readonly source?: string | undefined;
  readonly data?: JsonValue | undefined;
  /** CloudEvents: unique per source. */
  readonly id?: string | undefined;
  readonly time?: string | undefined;
  readonly subject?: string | undefined;
  /** Of a message that is no CloudEvent: what its sender put beside the data. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
};

/** What conditions and workflows see as `input`. */
export function inputOf({ type, source, data, id, time, subject, attributes }: IncomingEvent): JsonObject {
  return {
    type,
    ...(source === undefined ? {} : { source }),
    data: data ?? null,
    ...(id === undefined ? {} : { id }),
    ...(time === undefined ? {} : { time }),
    ...(subject === undefined ? {} : { subject }),
    ...(attributes === undefined ? {} : { attributes: { ...attributes } }),
  };
}
