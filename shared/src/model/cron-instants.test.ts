import { describe, expect, it } from 'vitest';
import { newestInstants, nextInstant, nextInstants } from './cron-instants.ts';

const iso = (at: number): string => new Date(at).toISOString().replace(':00.000Z', 'Z');
const from = (text: string): number => Date.parse(text);

function next(cron: string, timeZone: string, after: string, count: number): readonly string[] {
  return nextInstants({ cron, timeZone }, from(after), count).map(iso);
}

// Berlin, 2026-03-29: 02:00 becomes 03:00 (01:00Z). 2026-10-25: 03:00 becomes 02:00 again (01:00Z).
describe('in the hour that spring takes away', () => {
  it('one time of day fires at the first moment after the gap, once', () => {
    const runs = ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'];
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual(runs);
    expect(next('0 30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual(runs);
    expect(next('15 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', 2)).toEqual(['2026-03-08T07:00Z', '2026-03-09T06:15Z']);
  });

  it('times that are listed are left out, and intervals stay intervals', () => {
    expect(next('0,30 2 * * *', 'Europe/Berlin', '2026-03-28T23:00:00Z', 2)).toEqual(['2026-03-30T00:00Z', '2026-03-30T00:30Z']);
    const everyHalfHour = ['2026-03-29T00:30Z', '2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-29T02:00Z'];
    expect(next('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z', 4)).toEqual(everyHalfHour);
  });

  it('a gap of half an hour and one at midnight are no different', () => {
    expect(next('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00:00Z', 2)).toEqual([
      '2026-10-03T15:30Z',
      '2026-10-04T15:15Z',
    ]);
    expect(next('30 0 * * *', 'America/Sao_Paulo', '2018-11-03T12:00:00Z', 2)).toEqual([
      '2018-11-04T03:00Z',
      '2018-11-05T02:30Z',
    ]);
  });
});

describe('in the hour that autumn repeats', () => {
  it('one time of day fires at the first of the two, whichever instant one asks from', () => {
    const runs = ['2026-10-25T00:30Z', '2026-10-26T01:30Z'];
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual(runs);
    for (const after of ['2026-10-25T00:30:00Z', '2026-10-25T00:59:00Z', '2026-10-25T01:10:00Z', '2026-10-25T01:30:00Z'])
      expect(next('30 2 * * *', 'Europe/Berlin', after, 1)).toEqual(['2026-10-26T01:30Z']);
  });

  it('intervals go on through both', () => {
    const halfHours = ['2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z', '2026-10-25T02:00Z'];
    expect(next('*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z', 4)).toEqual(halfHours);
  });
});

it('29 February comes in leap years only, and a day that never comes is none', () => {
  expect(next('0 0 29 2 *', 'UTC', '2026-03-01T00:00:00Z', 2)).toEqual(['2028-02-29T00:00Z', '2032-02-29T00:00Z']);
  expect(nextInstant({ cron: '0 0 30 2 *', timeZone: 'UTC' }, from('2026-01-01T00:00:00Z'))).toBeNull();
});

it('looking back finds what looking ahead found, across clock changes, in many zones', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Sao_Paulo',
    'Asia/Kolkata',
    'Pacific/Apia',
    'UTC',
  ];
  const patterns = ['30 2 * * *', '*/15 * * * *', '0 */2 * * *', '5-50/7 1-3 * * 0', '0 0 L * *', '0,30 2 * * *', '@hourly'];
  const starts = [
    '2026-03-07T12:00:00Z',
    '2026-03-28T12:00:00Z',
    '2026-10-24T12:00:00Z',
    '2018-11-03T00:00:00Z',
    '2011-12-28T00:00:00Z',
  ];
  for (const timeZone of zones) {
    for (const cron of patterns) {
      for (const start of starts) {
        const ahead = nextInstants({ cron, timeZone }, from(start), 60);
        const span = { fromMs: from(start) + 1, toMs: ahead.at(-1) ?? 0 };
        expect(newestInstants({ cron, timeZone }, span, 60), `${cron} ${timeZone} ${start}`).toEqual(ahead);
        expect(newestInstants({ cron, timeZone }, { ...span, toMs: span.toMs + 999 }, 10)).toEqual(ahead.slice(-10));
        expect(ahead.every((at, index) => at > (ahead[index - 1] ?? 0) && at % 1_000 === 0)).toBe(true);
      }
    }
  }
});
