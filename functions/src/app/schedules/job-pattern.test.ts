import { expect, it } from 'vitest';
import { jobPattern } from './job-pattern.ts';

const patternOf = (cron: string, jitterMs = 0): string | null => jobPattern({ cron, jitterMs });

it.each([
  ['* * * * *', '* * * * *'],
  [' 0  9 * * 1-5 ', '0 9 * * 1-5'],
  ['*/15 0-6,18-23/2 1,15 JAN-mar,12 MON,wed-fri', '*/15 0-6,18-23/2 1,15 JAN-mar,12 MON,wed-fri'],
])('%s is one that a job can have', (cron, expected) => expect(patternOf(cron)).toBe(expected));

it.each([
  '* * * * * *',
  '0 0 L * *',
  '0 0 15W * *',
  '0 0 * * 5#2',
  '0 0 * * 5L',
  '0 0 ? * 1',
  '@hourly',
  '0 0 * * 7',
  '5/15 * * * *',
])('%s is the tick’s', (cron) => expect(patternOf(cron)).toBeNull());

it('a schedule with jitter is the tick’s', () => expect(patternOf('0 9 * * *', 30_000)).toBeNull());
