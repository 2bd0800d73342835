/**
 * Answers kept in memory, the least used given up first. What is kept is shared between readers and must not be changed by them. Lookups are
 * counted, so that /metrics shows what a cache is worth.
 */
import { LRUCache } from 'lru-cache';

export type BoundedCache<V extends object> = {
  get(key: string): V | undefined;
  /** `forMs`: how long this one counts, where that is shorter. */
  set(key: string, value: V, size?: number, forMs?: number): void;
  delete(key: string): void;
  readonly lookups: { readonly hit: number; readonly miss: number };
};

export type CacheBounds = {
  readonly max: number;
  /** Of all sizes together, in whatever `set` counts. */
  readonly maxSize?: number;
  /** How long an entry counts; absent: until it is deleted. */
  readonly ttlMs?: number;
  readonly now: () => number;
};

export function createBoundedCache<V extends object>({ max, maxSize, ttlMs, now }: CacheBounds): BoundedCache<V> {
  type Kept = { readonly value: V; readonly untilMs: number };
  const cache = new LRUCache<string, Kept>({ max, ...(maxSize === undefined ? {} : { maxSize, maxEntrySize: maxSize / 8 }) });
  const lookups = { hit: 0, miss: 0 };
  return {
    lookups,
    get(key) {
      const kept = cache.get(key);
      if (kept !== undefined && kept.untilMs > now()) {
        lookups.hit += 1;
        return kept.value;
      }
      lookups.miss += 1;
      return undefined;
    },
    set(key, value, size = 1, forMs = Number.POSITIVE_INFINITY) {
      const kept = { value, untilMs: now() + Math.min(ttlMs ?? Number.POSITIVE_INFINITY, forMs) };
      cache.set(key, kept, maxSize === undefined ? {} : { size });
    },
    delete(key) {
      cache.delete(key);
    },
  };
}
