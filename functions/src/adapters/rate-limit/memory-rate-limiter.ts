/**
 * Rate limits in this process's memory: fixed windows that begin with a key's first request. Embedded that is the whole truth, as one
 * process owns the data; in the cloud each instance counts what it sees. A key is forgotten when its window ends.
 */
import type { RateCount, RateLimiter, RateRule } from '@automateos/shared/ports/rate-limiter';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export function createMemoryRateLimiter(): RateLimiter {
  const counters = new Map<string, RateLimiterMemory>();

  function counterOf({ name, limit, windowMs }: RateRule): RateLimiterMemory {
    const id = `${name}/${limit}/${windowMs}`;
    const known = counters.get(id) ?? new RateLimiterMemory({ keyPrefix: name, points: limit, duration: windowMs / 1_000 });
    counters.set(id, known);
    return known;
  }

  return {
    async take(rule, key) {
      try {
        return countOf(rule, await counterOf(rule).consume(key));
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return countOf(rule, refused); // how this library says no
        throw refused;
      }
    },
    async peek(rule, key) {
      const seen = await counterOf(rule).get(key);
      if (seen === null) return { allowed: true, remaining: rule.limit, resetMs: rule.windowMs };
      return { ...countOf(rule, seen), allowed: seen.consumedPoints < rule.limit };
    },
  };
}

function countOf(rule: RateRule, { consumedPoints, msBeforeNext }: RateLimiterRes): RateCount {
  return {
    allowed: consumedPoints <= rule.limit,
    remaining: Math.max(0, rule.limit - consumedPoints),
    resetMs: Math.max(0, msBeforeNext),
  };
}
