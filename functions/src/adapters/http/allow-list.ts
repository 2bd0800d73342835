/**
 * What the operator opened for outgoing requests: host names (exact, or `*.example.internal`), addresses and CIDR ranges. A name on
 * the list may resolve to anything; an address or range opens those addresses under whatever name.
 */
import { AppError } from '@automateos/shared/model/app-error';
import ipaddr from 'ipaddr.js';
import { type Address, parseAddress } from './address-kind.ts';

export type AllowList = {
  readonly hasHost: (host: string) => boolean;
  readonly hasAddress: (address: Address) => boolean;
};

const hostPattern = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/;

/** A name cannot end in a number: the URL parser takes it for an IPv4 address. */
const numericEnd = /(^|\.)(\d+|0x[0-9a-f]*)$/;

/** Throws INVALID_PARAMS for an entry that is no host, address or range: a typing error must not open or close anything silently. */
export function parseAllowList(entries: readonly string[]): AllowList {
  const hosts = new Set<string>();
  const suffixes: string[] = [];
  const ranges: [Address, number][] = [];
  for (const raw of entries) {
    const entry = raw.trim().toLowerCase();
    if (entry === '') continue;
    const range = parseRange(entry);
    if (range !== null) ranges.push(range);
    else if (!hostPattern.test(entry) || numericEnd.test(entry)) throw badEntry(raw);
    else if (entry.startsWith('*.')) suffixes.push(entry.slice(1));
    else hosts.add(entry);
  }
  return {
    hasHost: (host) => hosts.has(host) || suffixes.some((suffix) => host.endsWith(suffix)),
    hasAddress: (address) => ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits)),
  };
}

function parseRange(entry: string): [Address, number] | null {
  const address = parseAddress(entry);
  if (address !== null) return [address, address.kind() === 'ipv4' ? 32 : 128];
  if (!entry.includes('/')) return null;
  if (!ipaddr.isValidCIDR(entry)) throw badEntry(entry);
  return ipaddr.parseCIDR(entry);
}

function badEntry(entry: string): AppError {
  return new AppError('INVALID_PARAMS', {
    reason: `AUTOMATEOS_EGRESS_ALLOW: "${entry}" is no host name, address or CIDR range (examples: db.internal, *.corp.internal, 10.1.2.3, 10.0.0.0/8).`,
  });
}
