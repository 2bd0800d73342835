/**
 * Whom guesses and requests of an address are counted for: an IPv4 address, or a /64 of IPv6. One connection has at least as many IPv6
 * addresses as that, so a count of each would stop nobody. What says where a change came from (the audit log) keeps the whole address.
 */
import { isIPv6 } from 'node:net';

export function clientNetwork(address: string): string {
  const bare = address.replace(/%.*$/, '');
  if (!isIPv6(bare)) return address;
  const mapped = /^::ffff:([\d.]+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  const canonical = new URL(`http://[${bare}]`).hostname.slice(1, -1);
  const [before = [], after = []] = canonical.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  const network = [...before, ...zeros, ...after].slice(0, 4).join(':');
  // loopback and other addresses of one machine, not of a connection
  return network === '0:0:0:0' ? canonical : `${network}::/64`;
}
