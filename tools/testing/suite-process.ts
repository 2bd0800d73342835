/** `node tools/testing/suite-process.ts NAME`, forked by run-suite.ts: runs a vitest suite and sends its tally to the parent. */
import { join } from 'node:path';
import { startVitest, type TestCase, type TestModule, type Vitest } from 'vitest/node';
import type { Tally } from './tally.ts';

const root = join(import.meta.dirname, '../..');

function countTests(vitest: Vitest): Tally {
  const modules = vitest.state.getTestModules();
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const inState = (state: string): readonly TestCase[] => tests.filter((test) => test.result().state === state);
  // A file that cannot be loaded has no failed test, and an error outside any test belongs to none; both must count.
  const broken = modules.filter(hasOwnErrors).length + vitest.state.getUnhandledErrors().length;
  return {
    passed: inState('passed').length,
    failed: inState('failed').length + inState('pending').length + broken,
    skips: inState('skipped').map((test) => ({
      name: `${test.module.relativeModuleId} > ${test.fullName}`,
      reason: reasonOf(test),
    })),
  };
}

function hasOwnErrors(module: TestModule): boolean {
  return module.errors().length > 0 || [...module.children.allSuites()].some((suite) => suite.errors().length > 0);
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  return (result.state === 'skipped' ? result.note : undefined) ?? 'no reason given';
}

// With the parent gone nobody waits for the result.
process.on('disconnect', () => process.exit(1));
const vitest = await startVitest([], { root, run: true, watch: false, project: process.argv.slice(2) });
const tally = countTests(vitest);
await vitest.close();
process.send?.(tally, () => process.exit(tally.failed > 0 ? 1 : 0));
