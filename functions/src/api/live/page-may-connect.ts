/**
 * Whether a page may open a WebSocket here: one of the server's own, or of an origin that the operator has named. Browsers always say where
 * a page is from and cannot be kept from connecting anywhere; a page from elsewhere would come without a token, and is not let in all the same.
 */
import type { IncomingMessage } from 'node:http';

export function pageMayConnect({ headers }: IncomingMessage, publicUrl: string, corsOrigins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || corsOrigins.includes(origin)) return true;
  return origin === new URL(publicUrl).origin || origin === `http://${host}` || origin === `https://${host}`;
}
