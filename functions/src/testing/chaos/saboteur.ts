/**
 * What strikes the processes: SIGKILL at random moments, of one worker or of all, now and then of another function; SIGSTOP for longer
 * than a lease, so that a worker comes back from the dead; the message bus lost with everything in it; Firestore gone for a while. What
 * strikes single calls is the fault proxy's, what doubles messages the dispatcher's.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FirestoreFaultProxy } from '../../../../infra/emulators/firestore-fault-proxy.ts';
import type { Instance } from '../../../../tools/cloud/instance.ts';
import type { RunningTopology } from '../../../../tools/cloud/start-topology.ts';
import type { Random } from '../../simulator/random.ts';

export type Plan = {
  readonly kills: number;
  readonly zombies: number;
  readonly busLosses: number;
  readonly outages: number;
  /** Everything happens within this time. */
  readonly overMs: number;
};

export type Struck = {
  /** Kills by function. */
  readonly kills: Readonly<Record<string, number>>;
  readonly zombies: number;
  readonly busLosses: number;
  /** Messages that were under way and not acknowledged when the bus and all workers went. */
  readonly messagesLost: number;
  readonly outages: number;
};

/** Longer than the lease of any step of the workload, rounding included. */
const zombieMs = 36_000;
const outageMs = 4_000;
/** So many messages gather before the bus is lost with them, or what comes in that time. */
const gathered = 8;
const gatherMs = 10_000;
/** Beside the workers, so often. */
const others: readonly string[] = ['webhook', 'api', 'sweep', 'dead-letter'];
const otherChance = 0.2;

type Options = {
  readonly running: RunningTopology;
  readonly proxy: FirestoreFaultProxy;
  readonly random: Random;
};

export type Saboteur = {
  readonly struck: () => Struck;
  readonly done: Promise<void>;
  /** At once. */
  killWorkers(): void;
};

export function startSaboteur(plan: Plan, { running, proxy, random }: Options): Saboteur {
  const kills: Record<string, number> = {};
  const stopped = new Set<number>();
  let zombies = 0;
  let busLosses = 0;
  let messagesLost = 0;
  let outages = 0;
  const instances = (name: string): readonly Instance[] => running.services.get(name)?.instances ?? [];

  function signal(pid: number | undefined, name: NodeJS.Signals): boolean {
    if (pid === undefined || stopped.has(pid)) return false;
    try {
      return process.kill(pid, name);
    } catch {
      return false; // it has just ended by itself
    }
  }

  function kill(name: string, instance: Instance | undefined): boolean {
    const hit = signal(instance?.pid(), 'SIGKILL');
    if (hit) kills[name] = (kills[name] ?? 0) + 1;
    return hit;
  }

  async function killing(): Promise<void> {
    const pause = plan.overMs / plan.kills;
    while ((kills.worker ?? 0) < plan.kills) {
      await sleep(pause * (0.4 + 1.2 * random.next()));
      const all = random.chance(0.05);
      for (const instance of all ? instances('worker') : [random.any(instances('worker'))]) kill('worker', instance);
      const other = random.pick(['worker', ...others]);
      if (other !== 'worker' && random.chance(otherChance)) kill(other, random.any(instances(other)));
    }
  }

  async function raising(): Promise<void> {
    for (let at = 0; at < plan.zombies; at += 1) {
      await sleep((plan.overMs / plan.zombies) * 0.3 * random.next());
      const pid = random.any(instances('worker'))?.pid();
      if (pid === undefined || !signal(pid, 'SIGSTOP')) continue;
      stopped.add(pid);
      await sleep(zombieMs);
      stopped.delete(pid);
      if (signal(pid, 'SIGCONT')) zombies += 1;
    }
  }

  const underWay = (): number => running.google.dispatcher()?.counts().inFlight ?? 0;

  /** Workers that stand still take messages and do nothing with them; then they die, and the bus is gone that could deliver them again. */
  async function losing(): Promise<void> {
    for (let at = 0; at < plan.busLosses; at += 1) {
      await sleep((plan.overMs / plan.busLosses) * (at === 0 ? 0.2 : 0.8));
      const held = instances('worker').filter((instance) => signal(instance.pid(), 'SIGSTOP'));
      for (let waited = 0; underWay() < gathered && waited < gatherMs; waited += 100) await sleep(100);
      messagesLost += underWay();
      const restarted = running.google.restartPubSub();
      for (const instance of held) kill('worker', instance);
      await restarted;
      busLosses += 1;
    }
  }

  async function outing(): Promise<void> {
    for (let at = 0; at < plan.outages; at += 1) {
      await sleep((plan.overMs / plan.outages) * 0.7);
      proxy.setOutage(true);
      await sleep(outageMs);
      proxy.setOutage(false);
      outages += 1;
    }
  }

  return {
    killWorkers() {
      for (const instance of instances('worker')) kill('worker', instance);
    },
    struck: () => ({ kills, zombies, busLosses, messagesLost, outages }),
    done: Promise.all([killing(), raising(), losing(), outing()]).then(() => {}),
  };
}
