import { expect, it } from 'vitest';
import { addTallies, readTally, strict, tallyLine } from './tally.ts';

it('a command suite counts by its last line', () => {
  expect(readTally('sim', 'seed 1\n20000 passed, 2 failed, 0 skipped\n', 1)).toEqual({ passed: 20000, failed: 2, skips: [] });
});

it('a command suite that died after a good line has failed', () => {
  expect(readTally('sim', '5 passed, 0 failed, 0 skipped\n', 139).failed).toBe(1);
});

it('a command suite without a line is one test', () => {
  expect(readTally('sim', 'all well\n', 0)).toEqual({ passed: 1, failed: 0, skips: [] });
  expect(readTally('sim', '', 1).failed).toBe(1);
});

it('what was skipped has failed where everything must be there', () => {
  const tally = addTallies([
    { passed: 1, failed: 0, skips: [{ name: 'a', reason: 'no browser' }] },
    { passed: 2, failed: 1, skips: [] },
  ]);
  expect(tallyLine(tally)).toBe('3 passed, 1 failed, 1 skipped');
  expect(tallyLine(strict(tally))).toBe('3 passed, 2 failed, 0 skipped');
});
