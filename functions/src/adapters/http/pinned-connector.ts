/**
 * Opens sockets to checked addresses only. The check sits inside the very lookup that the socket dials by, so no second resolution
 * (DNS rebinding) can come between check and use. Proxies from the environment play no part: sockets are opened here.
 */
import { lookup as systemLookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { EgressGuard } from './egress-guard.ts';

/** All addresses of a name; rejects with the system's error (ENOTFOUND, EAI_AGAIN). */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) =>
  (await systemLookup(host, { all: true, order: 'verbatim' })).map((entry) => entry.address);

export function createPinnedConnector(guard: EgressGuard, resolve: Resolve, ca: string | undefined): buildConnector.connector {
  const lookup: LookupFunction = (host, options, callback) => {
    resolveChecked(guard, resolve, host).then(
      (addresses) => {
        const first = addresses[0];
        if (options.all) callback(null, addresses);
        else if (first === undefined) callback(notFound(host), '', 0);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
  return buildConnector({ allowH2: false, timeout: 10_000, lookup, autoSelectFamily: true, ...(ca === undefined ? {} : { ca }) });
}

async function resolveChecked(guard: EgressGuard, resolve: Resolve, host: string) {
  const addresses = await resolve(host);
  if (addresses.length === 0) throw notFound(host);
  guard.admitAddresses(host, addresses);
  return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
}

function notFound(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
}
