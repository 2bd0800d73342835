/**
 * npm test: every suite, two at a time where each needs but one core, then each skip with its reason, then the line
 * `N passed, N failed, N skipped`.
 * `npm test -- unit browser` runs these suites only. With CI=true whatever was skipped has failed.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { createOrderedOutput } from './testing/ordered-output.ts';
import { meetRequirement } from './testing/requirements.ts';
import { runSideBySide } from './testing/run-side-by-side.ts';
import { runSuite } from './testing/run-suite.ts';
import { cores, type Suite, suites } from './testing/suites.ts';
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
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
const chosen = suites.filter(
  ({ name, files }) =>
    (asked.length === 0 || asked.includes(name)) &&
    globSync(files, { cwd: root, exclude: (folder) => folder === 'node_modules' }).length > 0,
);
/** What has to be installed is, while the first suites run. */
const needed = new Set(chosen.flatMap(({ needs }) => needs));
const missing = new Map([...needed].map((name) => [name, meetRequirement(name)]));
const output = createOrderedOutput((text) => void process.stdout.write(text));

async function run(suite: Suite): Promise<Tally> {
  const shown = output.open();
  const began = performance.now();
  shown.write(`\n== ${suite.name}\n`);
  const reasons = await Promise.all(suite.needs.map((name) => missing.get(name)));
  const skips = reasons.flatMap((reason) => (reason ? [{ name: `suite ${suite.name}`, reason }] : []));
  const tally = skips.length > 0 ? { passed: 0, failed: 0, skips } : await runSuite(root, suite, shown);
  shown.write(`== ${suite.name}: ${tallyLine(tally)} in ${Math.round((performance.now() - began) / 1_000)} s\n`);
  shown.end();
  return tally;
}

const tallies = await runSideBySide(chosen, cores, run);

const counted = addTallies(tallies);
for (const { name, reason } of counted.skips) console.log(`skipped: ${name}: ${reason}`);
const inCi = process.env.CI === 'true';
if (inCi && counted.skips.length > 0) console.log('CI=true: what was skipped counts as failed');
const total = inCi ? strict(counted) : counted;
console.log(tallyLine(total));
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
