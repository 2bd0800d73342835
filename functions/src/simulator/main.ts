/**
 * `npm run simulate -- --schedules N --seed S [--profile NAME] [--threads T] [--bug NAME]`: N schedules of the engine under faults.
 * `--seed S.I --replay` runs one of them again and prints its trace; `--scenario FILE --replay` one that was shrunk.
 * Ends with 0 where every invariant held and, in a large run, every fault has struck everywhere it can.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { PlantedBug } from '../app/engine/engine-settings.ts';
import type { Found, Summary } from './batch.ts';
import { drawScenario, profiles } from './draw-scenario.ts';
import { createCoverage } from './faults.ts';
import { isPlantedBug, plantedBugs } from './planted-bugs.ts';
import { readRegressions } from './regressions.ts';
import { coverageTable, missedTargets, summaryLine } from './report.ts';
import { runBatches } from './run-batches.ts';
import { runSchedule } from './run-schedule.ts';
import { Scenario } from './scenario.ts';
import { shrink } from './shrink.ts';
import { loadShippedNodeTypes } from './sim-node-types.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string' },
    threads: { type: 'string' },
    bug: { type: 'string' },
    replay: { type: 'boolean', default: false },
    scenario: { type: 'string' },
  },
});

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function plantedBug(): PlantedBug | undefined {
  if (values.bug === undefined || isPlantedBug(values.bug)) return values.bug;
  throw new RangeError(`No planted bug ${values.bug}. There are: ${Object.keys(plantedBugs).join(', ')}`);
}

function profile(): string | undefined {
  if (values.profile === undefined || profiles.some(({ name }) => name === values.profile)) return values.profile;
  throw new RangeError(`No profile ${values.profile}. There are: ${profiles.map(({ name }) => name).join(', ')}`);
}

async function replay(): Promise<number> {
  const scenario = values.scenario
    ? Scenario.parse(JSON.parse(readFileSync(values.scenario, 'utf8')))
    : drawScenario(values.seed, profile());
  print(JSON.stringify(scenario, null, 1));
  const nodeTypes = await loadShippedNodeTypes();
  const result = await runSchedule({ scenario, nodeTypes, coverage: createCoverage(), plantedBug: plantedBug(), trace: print });
  print(`trace ${result.hash}, ${result.steps} steps, ${result.virtualMs} virtual ms, ${result.executions} executions`);
  print(result.violation ? `VIOLATED ${result.violation.message}\n${result.violation.stack}` : 'every invariant held');
  return result.violation ? 1 : 0;
}

async function runRegressions(): Promise<number> {
  const nodeTypes = await loadShippedNodeTypes();
  let failed = 0;
  for (const { name, scenario } of readRegressions()) {
    for (let turn = 0; turn < 5; turn += 1) {
      const again = turn === 0 ? scenario : { ...scenario, seed: `${scenario.seed}~${turn}` };
      const { violation } = await runSchedule({
        scenario: again,
        nodeTypes,
        coverage: createCoverage(),
        plantedBug: plantedBug(),
      });
      if (!violation) continue;
      failed += 1;
      print(`REGRESSION ${name}: ${violation.message}`);
      break;
    }
  }
  return failed;
}

async function explain({ seed, violation }: Found): Promise<void> {
  const scenario = drawScenario(seed, profile());
  print(`\nVIOLATED ${violation.message}\n  seed ${seed}, profile ${scenario.profile} ${violation.stack}`);
  const { profile: named, bug } = values;
  const flags = `${named ? ` --profile ${named}` : ''}${bug ? ` --bug ${bug}` : ''}`;
  print(`  npm run simulate -- --seed ${seed}${flags} --replay`);
  const nodeTypes = await loadShippedNodeTypes();
  const smallest = await shrink({ scenario, invariant: violation.invariant, nodeTypes, plantedBug: plantedBug(), budget: 3_000 });
  const file = join(tmpdir(), `automateos-simulator-${seed}.json`);
  writeFileSync(file, `${JSON.stringify(smallest)}\n`);
  const nodes = smallest.workflows.reduce((sum, { definition }) => sum + definition.nodes.length, 0);
  print(
    `  shrunk to ${nodes} nodes, ${smallest.starts.length} starts, faults: ${Object.keys(smallest.rates).join(', ') || 'none'}`,
  );
  print(`  npm run simulate -- --scenario ${file}${bug ? ` --bug ${bug}` : ''} --replay`);
}

const mostExplained = 3;
/** From here on, a run must have seen every fault everywhere. */
const largeRun = 20_000;

async function simulate(): Promise<number> {
  const schedules = Number(values.schedules);
  const threads = Number(values.threads ?? Math.min(availableParallelism(), 16));
  let failed = await runRegressions();
  const began = performance.now();
  let told = 0;
  const onProgress = (summary: Summary): void => {
    if (summary.schedules - told < 100_000) return;
    told = summary.schedules;
    print(summaryLine(summary, performance.now() - began));
  };
  const order = { seed: values.seed, profile: profile(), plantedBug: plantedBug() };
  const summary = await runBatches({ ...order, schedules, threads, onProgress, enough: 20 });
  const seen = new Set<string>();
  for (const found of summary.found) {
    if (seen.size >= mostExplained || seen.has(found.violation.invariant)) continue;
    seen.add(found.violation.invariant);
    await explain(found);
  }
  failed += summary.found.length;
  print(coverageTable(summary));
  print(summaryLine(summary, performance.now() - began));
  if (failed === 0 && schedules >= largeRun && values.profile === undefined) {
    const missed = missedTargets(summary);
    if (missed.length > 0) print(`Not a pass: ${missed.join('; ')}`);
    return missed.length > 0 ? 1 : 0;
  }
  return failed > 0 ? 1 : 0;
}

process.exitCode = await (values.replay ? replay() : simulate());
