/**
 * npm test: every suite, one after the other, then each skip with its reason, then the line `N passed, N failed, N skipped`.
 * `npm test -- unit browser` runs these suites only. With CI=true whatever was skipped has failed.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { runSuite } from './testing/run-suite.ts';
import { suites } from './testing/suites.ts';
import { addTallies, strict, type Tally, tallyLine } from './testing/tally.ts';

const root = join(import.meta.dirname, '..');
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `No suite ${unknown.join(', ')}. There are: ${suites.map(({ name }) => name).join(', ')}. One file: npx vitest run <path>`,
  );
  process.exit(1);
}

process.env.TZ = 'UTC';
const tallies: Tally[] = [];
for (const suite of suites) {
  if (asked.length > 0 && !asked.includes(suite.name)) continue;
  if (globSync(suite.files, { cwd: root, exclude: (name) => name === 'node_modules' }).length === 0) continue;
  console.log(`\n== ${suite.name}`);
  tallies.push(await runSuite(root, suite));
}

const counted = addTallies(tallies);
for (const { name, reason } of counted.skips) console.log(`skipped: ${name}: ${reason}`);
const inCi = process.env.CI === 'true';
if (inCi && counted.skips.length > 0) console.log('CI=true: what was skipped counts as failed');
const total = inCi ? strict(counted) : counted;
console.log(tallyLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
