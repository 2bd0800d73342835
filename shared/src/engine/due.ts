/**
 * The sweep's index: `{shard}:{instant}` so that documents that become due at the same time do not sit at one end of the index.
 */
import { toInstant } from '../model/instant.ts';

export const dueShards = 8;

/** Leases are rounded up, so that checkpoints of one step after the other seldom move the index entry. */
const leaseStepMs = 15_000;

/** FNV-1a; any stable spread would do. */
export function shardOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % dueShards;
}

export function dueAt(id: string, epochMs: number): string {
  return `${shardOf(id)}:${toInstant(epochMs)}`;
}

export function leaseEnd(now: number, stepMs: number): number {
  const end = now + Math.min(stepMs, 60_000) + 10_000;
  return Math.ceil(end / leaseStepMs) * leaseStepMs;
}
