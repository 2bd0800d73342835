import { expect, test } from 'vitest';
import { createTimeoutRecord, timeoutLimit } from './timeout-record.ts';

const slow = { caller: 'wf_1', source: 'f()', values: '[1]' };

test('the third timeout within a minute is the last one, until the minute is over', () => {
  let now = 0;
  const record = createTimeoutRecord(() => now);
  const refusals: boolean[] = [];
  for (now = 0; now < 40_000; now += 10_000) {
    refusals.push(record.isRefused(slow));
    if (!record.isRefused(slow)) record.note(slow);
  }
  expect(refusals).toEqual([false, false, false, true]);
  now = 59_999;
  expect(record.isRefused(slow)).toBe(true);
  now = 60_000;
  expect(record.isRefused(slow)).toBe(false);
});

test('other data, another expression and another workflow are still tried', () => {
  const record = createTimeoutRecord(() => 0);
  for (let times = 0; times < 3; times += 1) record.note(slow);
  expect(record.isRefused(slow)).toBe(true);
  for (const other of [{ values: '[2]' }, { source: 'g()' }, { caller: 'wf_2' }]) {
    expect([other, record.isRefused({ ...slow, ...other })]).toEqual([other, false]);
  }
});

test('very large data is not compared', () => {
  const record = createTimeoutRecord(() => 0);
  const large = { ...slow, values: 'x'.repeat(timeoutLimit.values + 1) };
  for (let times = 0; times < 3; times += 1) record.note(large);
  expect(record.isRefused(large)).toBe(false);
});
