/** Seed -> scenario: a fault profile, workflows, starts and what users do meanwhile. */

import { drawWorkflow } from './draw-definition.ts';
import { type Fault, type FaultRates, faultNames } from './faults.ts';
import { createRandom, type Random } from './random.ts';
import { type Scenario, type SimWorkflow, type Start, type UserAction, workflowName } from './scenario.ts';

export type Profile = {
  readonly name: string;
  /** Faults that may be on; each is on with probability `on`. */
  readonly faults: readonly Fault[];
  readonly on: number;
};

const only = (...faults: Fault[]): readonly Fault[] => faults;

/** Commits that land when their sender has long sent another. */
const landing = only('late', 'duplicate', 'unavailable');

export const profiles: readonly (Profile & { readonly weight: number })[] = [
  { name: 'calm', weight: 1, faults: [], on: 0 },
  { name: 'swarm', weight: 6, faults: faultNames, on: 0.3 },
  { name: 'storm', weight: 1.5, faults: faultNames, on: 0.9 },
  { name: 'crashes', weight: 2, faults: only('crash', 'crashSent', 'crashAnswered', 'crashAll', 'drain', 'duplicate'), on: 0.8 },
  { name: 'zombies', weight: 2, faults: only('stall', 'stallAnswered', 'slow', 'skew', 'duplicate', 'crash'), on: 0.8 },
  {
    name: 'store',
    weight: 2,
    faults: only('ambiguous', 'late', 'unavailable', 'stale', 'slow', 'crashSent', 'crash', 'blobFails'),
    on: 0.8,
  },
  { name: 'landing', weight: 0.5, faults: landing, on: 1 },
  {
    name: 'bus',
    weight: 1.5,
    faults: only(
      'drop',
      'duplicate',
      'delay',
      'publishFails',
      'publishLost',
      'timerLost',
      'timerEarly',
      'timerLate',
      'timerDouble',
      'wakeFails',
      'sweepPause',
      'sweepDouble',
    ),
    on: 0.7,
  },
];

export function drawScenario(seed: string, profileName?: string): Scenario {
  const random = createRandom(`scenario ${seed}`);
  const profile = profiles.find(({ name }) => name === profileName) ?? drawProfile(random);
  const workflows = drawWorkflows(random);
  const starts = drawStarts(random, workflows);
  const rates = drawRates(random, profile);
  return {
    seed,
    profile: profile.name,
    rates,
    faultsUntilMs: random.pick([20_000, 200_000, 900_000]),
    budget: random.int(1, 8),
    processes: random.int(1, 4),
    journalSteps: random.pick([2, 3, 5, 8, 48, 48]),
    workerPlaces: random.pick([0, 1, 2]),
    workflows,
    starts,
    actions: drawActions(random, workflows, starts),
    ...drawLimits(seed, rates),
  };
}

/**
 * From a chance of its own. A worker hands its branch back after a tenth of its time where a step may need the rest; with stalls and slow
 * answers, the rest must be more than all of them together, so that no step runs out of it.
 */
function drawLimits(seed: string, { stall, stallAnswered, slow }: FaultRates): Pick<Scenario, 'journalBytes' | 'workMs'> {
  const random = createRandom(`limits ${seed}`);
  const isSlow = stall !== undefined || stallAnswered !== undefined || slow !== undefined;
  return {
    ...(random.chance(0.4) ? { journalBytes: random.pick([400, 1_500]) } : {}),
    ...(random.chance(0.6) ? { workMs: isSlow ? 2_600_000 : 200_000 } : {}),
  };
}

function drawProfile(random: Random): Profile {
  let at = random.next() * profiles.reduce((sum, { weight }) => sum + weight, 0);
  for (const profile of profiles) {
    at -= profile.weight;
    if (at < 0) return profile;
  }
  return { name: 'calm', faults: [], on: 0 };
}

/** Rare (per minute or process) faults need higher rates than those drawn at every operation. */
const often: ReadonlySet<Fault> = new Set([
  'crashSent',
  'crashAll',
  'drain',
  'skew',
  'sweepPause',
  'sweepDouble',
  'stale',
  'timerLost',
  'timerEarly',
  'timerLate',
  'timerDouble',
  'blobFails',
]);

function drawRates(random: Random, profile: Profile): FaultRates {
  const rates: FaultRates = {};
  for (const fault of profile.faults) {
    if (!random.chance(profile.on)) continue;
    const rate = Math.exp(random.next() * Math.log(30)) * 0.005; // 0.005 .. 0.15
    rates[fault] = often.has(fault) ? Math.min(0.6, rate * 6) : rate;
  }
  return rates;
}

function drawWorkflows(random: Random): SimWorkflow[] {
  const size = random.chance(0.15) ? random.int(8, 16) : random.int(1, 8);
  const others = random.pick([0, 1, 1, 2]);
  const callable = Array.from({ length: others }, (_, index) => workflowName(index + 1));
  const errorWorkflow = others > 0 && random.chance(0.2) ? workflowName(others) : undefined;
  const main = drawWorkflow({ random, name: workflowName(0), size, callable, errorWorkflow });
  const called = callable.map((name, index) =>
    drawWorkflow({ random, name, size: random.int(1, 3), callable: callable.slice(index + 1) }),
  );
  return [main, ...called];
}

function drawStarts(random: Random, workflows: readonly SimWorkflow[]): Start[] {
  const limited = workflows[0]?.definition.settings.maxConcurrent !== undefined;
  const count = limited ? random.int(2, 3) : random.pick([1, 1, 1, 2, 3]);
  return Array.from({ length: count }, (_, index) => {
    const keyed = random.chance(0.7);
    return {
      workflow: random.chance(0.9) ? 0 : random.int(0, workflows.length - 1),
      input: {
        start: index,
        n: random.int(0, 9),
        yes: random.chance(0.5),
        list: Array.from({ length: random.int(0, 6) }, (_, at) => at),
      },
      atMs: random.chance(0.6) ? 0 : random.int(0, 60_000),
      key: keyed ? `key-${index}` : null,
      copies: keyed && random.chance(0.3) ? random.int(2, 3) : 1,
    };
  });
}

function drawActions(random: Random, workflows: readonly SimWorkflow[], starts: readonly Start[]): UserAction[] {
  const count = random.pick([0, 0, 0, 1, 1, 2]);
  return Array.from({ length: count }, () => {
    const start = random.int(0, starts.length - 1);
    const kind = random.pick<UserAction['kind']>(['cancel', 'cancel', 'pause', 'retry', 'retry', 'fork']);
    const atMs = random.pick([random.int(0, 60), random.int(0, 1_000), random.int(0, 200_000)]);
    const definition = workflows[starts[start]?.workflow ?? 0]?.definition;
    const node = random.any(definition?.nodes.filter((one) => one.parent === undefined) ?? []);
    return kind === 'fork' && node ? { kind, start, atMs, nodeId: node.id } : { kind, start, atMs };
  });
}
