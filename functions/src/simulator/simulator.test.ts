import { describe, expect, it } from 'vitest';
import { runBatch } from './batch.ts';
import { drawScenario } from './draw-scenario.ts';
import { createCoverage } from './faults.ts';
import { isPlantedBug, plantedBugs } from './planted-bugs.ts';
import { readRegressions } from './regressions.ts';
import { runSchedule } from './run-schedule.ts';
import { shrink } from './shrink.ts';
import { loadShippedNodeTypes } from './sim-node-types.ts';

const nodeTypes = await loadShippedNodeTypes();

describe('the simulator', () => {
  it('gives the same trace for the same seed', async () => {
    for (let index = 0; index < 10; index += 1) {
      const scenario = drawScenario(`twice.${index}`, 'storm');
      const traces: string[][] = [];
      for (let turn = 0; turn < 2; turn += 1) {
        const lines: string[] = [];
        await runSchedule({ scenario, nodeTypes, coverage: createCoverage(), trace: (line) => lines.push(line) });
        traces.push(lines);
      }
      expect(traces[0]).toEqual(traces[1]);
    }
  });

  it.each(Object.entries(plantedBugs))(
    'misses the rule that %s takes away',
    async (bug, { within, profile, seed = 'planted' }) => {
      if (!isPlantedBug(bug)) throw new RangeError(bug);
      const order = { seed, from: 0, to: within, step: 1, profile, plantedBug: bug, untilViolation: true };
      expect((await runBatch(order, nodeTypes)).found).toHaveLength(1);
    },
  );

  it('shrinks a failing scenario to one that still fails the same way', async () => {
    const order = {
      seed: 'planted',
      from: 0,
      to: 200,
      step: 1,
      plantedBug: 'join-without-version',
      untilViolation: true,
    } as const;
    const [found] = (await runBatch(order, nodeTypes)).found;
    if (!found) throw new RangeError('nothing was found');
    const scenario = drawScenario(found.seed);
    const { invariant } = found.violation;
    const plantedBug = 'join-without-version';
    const smallest = await shrink({ scenario, invariant, nodeTypes, plantedBug, budget: 600 });
    expect(JSON.stringify(smallest).length).toBeLessThan(JSON.stringify(scenario).length);
    const again = await runSchedule({ scenario: smallest, nodeTypes, plantedBug, coverage: createCoverage() });
    expect(again.violation?.invariant).toBe(invariant);
  });
});

describe('what once broke', () => {
  it.each(readRegressions().map((each) => [each.name, each] as const))('no longer happens: %s', async (_name, { scenario }) => {
    const { violation } = await runSchedule({ scenario, nodeTypes, coverage: createCoverage() });
    expect(violation).toBeNull();
  });
});
