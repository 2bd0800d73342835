/** A run of schedules, one after the other: what they came to, what struck, and what did not hold. */
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import type { PlantedBug } from '../app/engine/engine-settings.ts';
import { drawScenario } from './draw-scenario.ts';
import { createCoverage } from './faults.ts';
import { runSchedule, type ScheduleResult } from './run-schedule.ts';

export type BatchOrder = {
  readonly seed: string;
  /** Schedules `seed.from` to `seed.(to - 1)`, every `step`th. */
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly profile?: string | undefined;
  readonly plantedBug?: PlantedBug | undefined;
  /** Ends at the first violation. */
  readonly untilViolation?: boolean;
};

export type Found = { readonly seed: string; readonly violation: NonNullable<ScheduleResult['violation']> };

export type Summary = {
  readonly schedules: number;
  readonly steps: number;
  readonly virtualMs: number;
  readonly executions: number;
  readonly untouched: number;
  readonly asForetold: number;
  readonly coverage: readonly (readonly [string, number])[];
  readonly found: readonly Found[];
};

export const emptySummary: Summary = {
  schedules: 0,
  steps: 0,
  virtualMs: 0,
  executions: 0,
  untouched: 0,
  asForetold: 0,
  coverage: [],
  found: [],
};

/** Every so many schedules one is run twice: the same seed must give the same trace. */
const twiceEvery = 50;

export async function runBatch(order: BatchOrder, nodeTypes: NodeTypes): Promise<Summary> {
  const coverage = createCoverage();
  const found: Found[] = [];
  let summary = emptySummary;
  for (let index = order.from; index < order.to; index += order.step) {
    const seed = `${order.seed}.${index}`;
    const scenario = drawScenario(seed, order.profile);
    const run = { scenario, nodeTypes, plantedBug: order.plantedBug };
    const result = await runSchedule({ ...run, coverage });
    if (result.violation) found.push({ seed, violation: result.violation });
    else if (index % twiceEvery === 0) {
      const again = await runSchedule({ ...run, coverage: createCoverage() });
      if (again.hash !== result.hash || again.steps !== result.steps) {
        const message = `the same seed gave trace ${result.hash}, then ${again.hash}`;
        found.push({ seed, violation: { invariant: 'determinism', message, stack: '' } });
      }
    }
    summary = add(summary, { ...emptySummary, ...result, schedules: 1 });
    if (order.untilViolation && found.length > 0) break;
  }
  return { ...summary, coverage: [...coverage.counts], found };
}

export function add(a: Summary, b: Summary): Summary {
  const counts = new Map(a.coverage);
  for (const [key, count] of b.coverage) counts.set(key, (counts.get(key) ?? 0) + count);
  return {
    schedules: a.schedules + b.schedules,
    steps: a.steps + b.steps,
    virtualMs: a.virtualMs + b.virtualMs,
    executions: a.executions + b.executions,
    untouched: a.untouched + b.untouched,
    asForetold: a.asForetold + b.asForetold,
    coverage: [...counts],
    found: [...a.found, ...b.found],
  };
}
