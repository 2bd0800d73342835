import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMemoryRateLimiter } from './memory-rate-limiter.ts';

const rule = { name: 'key', limit: 2, windowMs: 60_000 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('lets through as many as the rule says, tells how many are left, and starts anew after the window', async () => {
  const limiter = createMemoryRateLimiter();
  expect(await limiter.take(rule, 'a')).toEqual({ allowed: true, remaining: 1, resetMs: 60_000 });
  vi.advanceTimersByTime(20_000);
  expect(await limiter.take(rule, 'a')).toEqual({ allowed: true, remaining: 0, resetMs: 40_000 });
  expect(await limiter.take(rule, 'a')).toEqual({ allowed: false, remaining: 0, resetMs: 40_000 });
  vi.advanceTimersByTime(40_000);
  expect((await limiter.take(rule, 'a')).allowed).toBe(true);
});

test('keys and rules are counted apart, and looking counts nothing', async () => {
  const limiter = createMemoryRateLimiter();
  for (let n = 0; n < 2; n += 1) await limiter.take(rule, 'a');
  expect((await limiter.peek(rule, 'a')).allowed).toBe(false);
  for (let n = 0; n < 5; n += 1) expect((await limiter.peek(rule, 'b')).allowed).toBe(true);
  expect((await limiter.take(rule, 'b')).allowed).toBe(true);
  expect((await limiter.take({ ...rule, name: 'address' }, 'a')).allowed).toBe(true);
});
