/** The API as a listener of node:http; the caller's address is the peer's, or what trusted proxies say of it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Api } from './create-api.ts';
import { clientAddress } from './http/client-address.ts';

export type NodeListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** `trustedProxies`: proxies in front whose X-Forwarded-For is believed; 0 = the peer is the client. */
export function createNodeListener(api: Api, trustedProxies: number): NodeListener {
  return getRequestListener(
    // node's own objects are there: this listener is only ever given to node:http
    (request, env) => api.fetch(request, { clientAddress: clientAddress(env.incoming as IncomingMessage, trustedProxies) }),
    { overrideGlobalObjects: false },
  );
}
