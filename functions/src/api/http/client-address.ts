/** Whose request it is: the peer's, or what the last trusted proxy says of it. */
import type { IncomingMessage } from 'node:http';

/** `trustedProxies`: proxies in front whose X-Forwarded-For is believed; 0 = the peer is the client. */
export function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const peer = request.socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return peer;
  const forwarded = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').map((hop) => hop.trim());
  return hops.at(-trustedProxies) || peer;
}
