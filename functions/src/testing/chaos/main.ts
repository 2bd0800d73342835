/**
 * The chaos test: the cloud's own functions as processes over the emulators, killed and stopped at random, their messages lost and doubled,
 * their store failing before and after the fact; then what is stored is held against the reference. `npm run chaos` is the full size,
 * `--size small` what `npm test` runs. Ends with the counts of what holds and what does not.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compile } from '@automateos/shared/engine/compile';
import type { Plan as WorkflowPlan } from '@automateos/shared/engine/plan';
import type { Execution } from '@automateos/shared/model/execution';
import type { FaultRates } from '../../../../infra/emulators/firestore-fault-proxy.ts';
import { createRandom, hashText } from '../../simulator/random.ts';
import { loadShippedNodeTypes } from '../../simulator/sim-node-types.ts';
import { startClients } from './clients.ts';
import type { Evidence, Promised } from './evidence.ts';
import { createLoader } from './load-value.ts';
import { type OutsideServer, startOutside } from './outside.ts';
import { type Counts, countLines, judgeCounts, readRescued } from './report.ts';
import { type Plan, startSaboteur } from './saboteur.ts';
import { deployAll, openStage, type Stage } from './stage.ts';
import { judge, type Verdict } from './verdict.ts';
import { readAll, startWatch, type Watch } from './watch.ts';
import { type ChaosWorkflow, drawStarts, drawWorkload } from './workload.ts';

type Size = Plan & {
  readonly executions: number;
  /** Of these, steps that kill every worker that runs them. */
  readonly poisons: number;
  readonly workflows: number;
  readonly workers: number;
  readonly settleMs: number;
};

const sizes: Readonly<Record<string, Size>> = {
  small: {
    ...{ executions: 150, poisons: 0, workflows: 16, workers: 3, settleMs: 180_000 },
    ...{ kills: 10, zombies: 1, busLosses: 1, outages: 1, overMs: 25_000 },
  },
  full: {
    ...{ executions: 2_000, poisons: 3, workflows: 48, workers: 3, settleMs: 900_000 },
    ...{ kills: 100, zombies: 8, busLosses: 3, outages: 5, overMs: 900_000 },
  },
};

const rates: FaultRates = {
  ...{ unavailable: 0.015, aborted: 0.015, deadline: 0.01, 'unavailable-applied': 0.015, 'deadline-applied': 0.015 },
  ...{ late: 0.015, delay: 0.02, cut: 0.02 },
};
const doubling = 0.15;
/** Started and not over. */
const mostOpen = 100;
const sweepEveryMs = 2_000;
/** All must have been at rest for so long. */
const restMs = 3_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

type Options = { readonly size: Size; readonly seed: string; readonly logFolder: string | undefined };

async function main({ size, seed, logFolder }: Options): Promise<number> {
  const random = createRandom(`main ${seed}`);
  const outside = await startOutside();
  const workload = drawWorkload({ seed, origin: outside.server.origin, workflows: size.workflows });
  say(`seed ${seed}`);
  const stage = await openStage({ random, seed: hashText(seed), workers: size.workers, logFolder, say });
  try {
    const { evidence, counts } = await run({ stage, size, seed, workload, outside });
    return await report(size, evidence, counts);
  } finally {
    await stage.stop();
    await outside.server.close();
  }
}

type Running = {
  readonly stage: Stage;
  readonly size: Size;
  readonly seed: string;
  readonly workload: readonly ChaosWorkflow[];
  readonly outside: OutsideServer;
};

async function run({ stage, size, seed, workload, outside }: Running): Promise<{ evidence: Evidence; counts: Counts }> {
  const random = createRandom(`run ${seed}`);
  const ids = await deployAll(stage.call, workload);
  const watch = await startWatch(stage, { workload, random, cancel: 0.02, pause: 0.02 });
  const sweeps = startSweeps(stage);
  const begun = Date.now();
  const clients = startClients({
    url: stage.running.url,
    ids,
    isRoom: () => clients.promises.length - watch.ended() < mostOpen,
    starts: drawStarts(workload, { seed, count: size.executions, poisons: size.poisons }),
    overMs: size.overMs,
    random,
  });
  stage.proxy.setRates(rates);
  stage.setDoubling(doubling);
  const saboteur = startSaboteur(size, { running: stage.running, proxy: stage.proxy, random });
  outside.onPoison(saboteur.killWorkers);
  await Promise.race([Promise.all([saboteur.done, clients.done]), sleep(size.overMs + size.settleMs, undefined, { ref: false })]);
  stage.proxy.setRates({});
  stage.setDoubling(0);
  say(`all faults have struck after ${Math.round((Date.now() - begun) / 1_000)} s`);
  await settle(watch, size.settleMs);
  const seconds = Math.round((Date.now() - begun) / 1_000);
  await sweeps.stop();
  if (clients.refusals.length > 0) say(`refused: ${clients.refusals.slice(0, 3).join('; ')}`);
  const evidence = await gather(stage, { workload, outside, promises: clients.promises, watch });
  const counts: Counts = {
    ...{
      struck: saboteur.struck(),
      firestore: stage.proxy.counts(),
      firestoreCalls: stage.proxy.calls(),
      doubled: stage.doubled(),
    },
    ...{ nacked: stage.running.google.dispatcher()?.counts().nacked ?? 0, sweeps: sweeps.rounds() },
    ...{ rescued: await readRescued(stage.running.logFolder), repeatedStarts: clients.repeated() },
    ...{ cancelled: watch.cancelled.size, pauses: watch.pauses(), seconds },
  };
  return { evidence, counts };
}

/** As Cloud Scheduler would each minute, but often: a lost message is to be missed soon. */
function startSweeps(stage: Stage): { rounds(): number; stop(): Promise<void> } {
  let rounds = 0;
  let stopped = false;
  async function go(): Promise<void> {
    while (!stopped) {
      if (await stage.sweep()) rounds += 1;
      await sleep(sweepEveryMs);
    }
  }
  const going = go();
  return {
    rounds: () => rounds,
    stop() {
      stopped = true;
      return going;
    },
  };
}

/** What is not at rest then is told by the judge. */
async function settle(watch: Watch, settleMs: number): Promise<void> {
  const until = Date.now() + settleMs;
  let since = Date.now();
  while (Date.now() < until && Date.now() - since < restMs) {
    await sleep(200);
    if (!watch.isAtRest()) since = Date.now();
  }
}

type Gathered = {
  readonly workload: readonly ChaosWorkflow[];
  readonly outside: OutsideServer;
  readonly promises: readonly Promised[];
  readonly watch: Watch;
};

async function gather(stage: Stage, { workload, outside, promises, watch }: Gathered): Promise<Evidence> {
  const manifests = new Map([...(await loadShippedNodeTypes())].map(([type, { manifest }]) => [type, manifest]));
  const plans = new Map(
    workload.map(({ definition }) => [
      definition.name,
      compile({ definition, manifests, workflowId: definition.name, version: 1 }),
    ]),
  );
  const planOf = ({ workflowName }: Execution): WorkflowPlan => {
    const plan = plans.get(workflowName);
    if (!plan) throw new Error(`Nobody deployed ${workflowName}`);
    return plan;
  };
  const documents = await readAll(stage);
  const load = createLoader({ documents, planOf, env: stage.running.env('worker') });
  return { documents, promises, effects: outside.seen, cancelled: watch.cancelled, planOf, load };
}

/** The exit code. */
async function report(size: Size, evidence: Evidence, counts: Counts): Promise<number> {
  const judgement = await judge(evidence);
  for (const line of countLines(counts, judgement, evidence)) say(line);
  const verdicts: readonly Verdict[] = [
    ...judgement.verdicts,
    judgeCounts(counts, { kills: size.kills, deadLetters: size.poisons, documents: evidence.documents }),
  ];
  for (const { guarantee, faults } of verdicts) {
    say(`${faults.length === 0 ? '✓' : '✗'} ${guarantee}`);
    for (const fault of faults.slice(0, 5)) say(`    ${fault.slice(0, 1_000)}`);
    if (faults.length > 5) say(`    and ${faults.length - 5} more`);
  }
  const failed = verdicts.filter(({ faults }) => faults.length > 0).length;
  say(`${verdicts.length - failed} passed, ${failed} failed, 0 skipped`);
  return failed === 0 ? 0 : 1;
}

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: 'full' },
    seed: { type: 'string', default: String(Date.now()) },
    logs: { type: 'string' },
  },
});
const size = sizes[values.size];
if (size === undefined) throw new Error(`--size is one of ${Object.keys(sizes).join(', ')}`);
process.exitCode = await main({ size, seed: values.seed, logFolder: values.logs });
