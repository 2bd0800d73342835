/** The API as a listener of node:http; the caller's address is the peer's, or what trusted proxies say of it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Api } from './create-api.ts';

export type NodeListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** `trustedProxies`: proxies in front whose X-Forwarded-For is believed; 0 = the peer is the client. */
export function createNodeListener(api: Api, trustedProxies: number): NodeListener {
  return getRequestListener(
    // node's own objects are there: this listener is only ever given to node:http
    (request, env) => api.fetch(request, { clientAddress: clientAddress(env.incoming as IncomingMessage, trustedProxies) }),
    { overrideGlobalObjects: false },
  );
}

/** The address that the last trusted proxy saw. */
function clientAddress(request: IncomingMessage, trustedProxies: number): string {
  const peer = request.socket.remoteAddress ?? 'unknown';
  if (trustedProxies === 0) return peer;
  const forwarded = request.headers['x-forwarded-for'];
  const hops = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '')).split(',').map((hop) => hop.trim());
  return hops.at(-trustedProxies) || peer;
}
