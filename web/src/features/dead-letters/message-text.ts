/** The bytes of a message as text or JSON, as far as they are. */
import type { JsonValue } from '@automateos/shared/model/json';

/** null where they are no UTF-8, or were not sent along. */
export function textOf(base64: string | null | undefined): string | null {
  if (base64 === null || base64 === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null; // told as such
  }
}

/** Objects and lists only: a lone word is read better as text. */
export function jsonOf(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue; // JSON.parse answers JSON
  } catch {
    return undefined; // shown as text
  }
}
