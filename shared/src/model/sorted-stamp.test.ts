import { expect, test } from 'vitest';
import { createSortedStamp } from './sorted-stamp.ts';

test('each stamp is greater than the one before, in one millisecond, beyond it, and when the clock goes back', () => {
  const stamp = createSortedStamp();
  const start = Date.parse('2026-11-28T12:00:00Z');
  const made: string[] = [];
  for (let n = 0; n < 36 ** 3 + 10; n += 1) made.push(stamp(start));
  for (const now of [start + 5, start + 4, start - 60_000, start + 6, start + 3_600_000]) made.push(stamp(now));
  expect(made.every((one, at) => one.length === 12 && (at === 0 || one > (made[at - 1] ?? '')))).toBe(true);
  expect(createSortedStamp()(start + 1) > createSortedStamp()(start)).toBe(true);
});
