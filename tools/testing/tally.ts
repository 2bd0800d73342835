/** Counts of a run. The last line of `npm test` is made here, and command suites end with the same line. */
export type Skip = { readonly name: string; readonly reason: string };
export type Tally = { readonly passed: number; readonly failed: number; readonly skips: readonly Skip[] };

export function addTallies(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
    failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
    skips: tallies.flatMap(({ skips }) => skips),
  };
}

/** On a machine that must have everything, what did not run has not passed. */
export function strict(tally: Tally): Tally {
  return { passed: tally.passed, failed: tally.failed + tally.skips.length, skips: [] };
}

export function tallyLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skips.length} skipped`;
}

/** Reads the last line of a command suite; without one, its exit code is the result of one test. */
export function readTally(name: string, output: string, exitCode: number): Tally {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const counts = /^(\d+) passed, (\d+) failed, (\d+) skipped$/.exec(last);
  if (counts === null) return exitCode === 0 ? { passed: 1, failed: 0, skips: [] } : { passed: 0, failed: 1, skips: [] };
  const failed = Number(counts[2]);
  return {
    passed: Number(counts[1]),
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    skips: Array.from({ length: Number(counts[3]) }, () => ({ name, reason: 'see its output above' })),
  };
}
