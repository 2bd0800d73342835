/**
 * Tells a public internet address from everything that a tenant's request must not reach. IPv4 is judged by its registered special
 * ranges; IPv6 positively: only global unicast (2000::/3) without the parts of it that tunnel, document or test, so that every form
 * that smuggles an IPv4 address (mapped, compatible, NAT64, 6to4, Teredo) is refused without being taken apart.
 */
import ipaddr from 'ipaddr.js';

/** Public by its number, internal by its use: the platform services of Azure. */
const internalByUse = new Set(['168.63.129.16']);

const globalUnicast = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];
/** Protocol assignments (Teredo, ORCHID, benchmarking), 6to4, documentation. */
const notGlobal = ['2001::/23', '2002::/16', '2001:db8::/32', '3fff::/20'].map(
  (range) => ipaddr.parseCIDR(range) as [ipaddr.IPv6, number],
);

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Null where the text is not an address. An IPv4-mapped IPv6 address becomes the IPv4 address that a socket would dial. */
export function parseAddress(text: string): Address | null {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare);
  if (!ipaddr.IPv6.isValid(bare)) return null;
  const address = ipaddr.IPv6.parse(bare);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** Null for a public address, else the name of the range it is in ("loopback", "private", "linkLocal", ...). */
export function refusedRange(address: Address): string | null {
  const range = address.range();
  if (address instanceof ipaddr.IPv4) {
    if (internalByUse.has(address.toString())) return 'metadata';
    return range === 'unicast' ? null : range;
  }
  if (address.zoneId !== undefined) return 'linkLocal';
  if (!address.match(globalUnicast)) return range === 'unicast' ? 'reserved' : range;
  if (notGlobal.some((special) => address.match(special))) return range === 'unicast' ? 'reserved' : range;
  return range === 'unicast' ? null : range;
}
