/** Runs one suite and counts its tests; its output goes to the terminal as it comes. */
import { spawn } from 'node:child_process';
import { startVitest, type TestCase, type TestModule, type Vitest } from 'vitest/node';
import { meetRequirement, type RequirementName } from './requirements.ts';
import type { Suite } from './suites.ts';
import { readTally, type Tally } from './tally.ts';

export async function runSuite(root: string, suite: Suite): Promise<Tally> {
  const missing = suite.needs.flatMap((name: RequirementName) => meetRequirement(name) ?? []);
  if (missing.length > 0)
    return { passed: 0, failed: 0, skips: missing.map((reason) => ({ name: `suite ${suite.name}`, reason })) };
  return suite.kind === 'vitest' ? runVitest(root, suite.name) : runCommand(root, suite.name, suite.command);
}

async function runVitest(root: string, project: string): Promise<Tally> {
  const vitest = await startVitest([], { root, run: true, watch: false, project: [project] });
  const tally = countTests(vitest);
  await vitest.close();
  return tally;
}

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

function runCommand(root: string, name: string, [entry = '', ...args]: readonly string[]): Promise<Tally> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [entry, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text);
      output = (output + text).slice(-10_000);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve(readTally(name, output, code ?? 1)));
  });
}
