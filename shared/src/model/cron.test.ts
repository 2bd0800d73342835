/** What is refused as a cron expression: what cannot be read, and what no day of the calendar ever has. */
import { expect, test } from 'vitest';
import { cronFault } from './cron.ts';

const never = 'No time ever fits this cron expression';

test.each([
  '*/15 * * * *',
  '0 0 29 2 *',
  '0 0 29 2 +1',
  '30 0 0 31 12 *',
  '0 0 * 2 2#5',
  '0 0 L 2 *',
  '@hourly',
  ' 0 9 * * 1-5 ',
])('%s comes, if seldom', (expression) => {
  expect(cronFault(expression)).toBeNull();
});

test.each(['0 0 30 2 *', '0 0 31 2,4,6,9,11 *', '59 59 23 30 2 *', '0 0 1 * +1#5'])('%s never comes', (expression) => {
  expect(cronFault(expression)).toBe(never);
});

test.each(['', '* * * *', '* * * * * * 2030', '60 * * * *', '* * 32 * *', 'a b c d e'])('%j cannot be read', (expression) => {
  expect(cronFault(expression)).toEqual(expect.not.stringContaining(never));
});
