import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadNodeTypes } from '../adapters/node-types/load-node-types.ts';
import { drawScenario } from './draw-scenario.ts';
import { createCoverage } from './faults.ts';
import { runSchedule } from './run-schedule.ts';

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    profile: { type: 'string' },
    bug: { type: 'string' },
    replay: { type: 'boolean' },
    keep: { type: 'boolean' },
  },
});
const nodeTypes = await loadNodeTypes({ folders: [join(import.meta.dirname, '../nodes')] });
const out = (line: string) => process.stdout.write(`${line}\n`);
if (values.replay) {
  const scenario = drawScenario(values.seed, values.profile);
  out(
    JSON.stringify(
      {
        ...scenario,
        workflows: scenario.workflows.map((w) => ({
          answers: w.answers,
          settings: w.definition.settings,
          nodes: w.definition.nodes.map((n) => JSON.stringify(n).replaceAll('"', '')),
          edges: w.definition.edges.map((e) => `${e.from}.${e.output ?? ''}>${e.to}`).join(' '),
        })),
      },
      null,
      1,
    ),
  );
  const result = await runSchedule({ scenario, nodeTypes, coverage: createCoverage(), trace: out, plantedBug: values.bug });
  out(JSON.stringify(result, null, 1));
} else {
  const coverage = createCoverage();
  const t0 = performance.now();
  const kinds = new Map<string, string[]>();
  let steps = 0,
    ex = 0,
    un = 0,
    asf = 0;
  const n = Number(values.schedules);
  for (let i = 0; i < n; i += 1) {
    const seed = `${values.seed}.${i}`;
    const scenario = drawScenario(seed, values.profile);
    const result = await runSchedule({ scenario, nodeTypes, coverage, plantedBug: values.bug });
    steps += result.steps;
    ex += result.executions;
    un += result.untouched;
    asf += result.asForetold;
    if (result.violation) {
      const l = kinds.get(result.violation.invariant) ?? [];
      l.push(
        `${seed} ${scenario.profile}: ${result.violation.message.slice(0, 500)} ${result.violation.stack.split('\n').slice(0, 6).join(' ')}`,
      );
      kinds.set(result.violation.invariant, l);
    }
  }
  for (const [k, l] of kinds) {
    out(`== ${k}: ${l.length}`);
    for (const x of l.slice(0, 4)) out(`  ${x}`);
  }
  out(
    `${n} schedules ${((performance.now() - t0) / n).toFixed(2)} ms each, ${(steps / n).toFixed(0)} steps, ${ex} executions, ${un} untouched, ${asf} foretold`,
  );
}
