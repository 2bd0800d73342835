import { parseBoundedJson } from '@automateos/shared/model/bounded-json';
import type { JsonValue } from '@automateos/shared/model/json';

/** Bytes from outside as JSON, nesting bounded; undefined where they are none. */
export function jsonOfBytes(bytes: Uint8Array): JsonValue | undefined {
  const text = textOfBytes(bytes);
  const parsed = text === null ? null : parseBoundedJson(text);
  return parsed?.ok ? parsed.value : undefined;
}

/** null where the bytes are not UTF-8. */
export function textOfBytes(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null; // what the caller asks
  }
}
