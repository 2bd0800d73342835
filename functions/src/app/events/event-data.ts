/** Data of an event out of bytes. JSON is itself; other text is `{text}`, anything else `{base64}`, so that a condition can tell them apart. */
import type { JsonValue } from '@automateos/shared/model/json';
import { jsonOfBytes, textOfBytes } from '../json-of-bytes.ts';

/** `contentType` decides where it is told: `text/plain` with the bytes `7` is text, not a number. */
export function eventData(bytes: Uint8Array, contentType?: string): JsonValue {
  if (bytes.length === 0) return null;
  const json = contentType === undefined || isJson(contentType) ? jsonOfBytes(bytes) : undefined;
  if (json !== undefined) return json;
  const text = textOfBytes(bytes);
  return text === null ? { base64: Buffer.from(bytes).toString('base64') } : { text };
}

function isJson(contentType: string): boolean {
  const [media = ''] = contentType.split(';');
  return /^[^/]+\/(json|[^/]+\+json)$/i.test(media.trim());
}
