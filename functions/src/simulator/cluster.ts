/**
 * The simulated installation: worker processes that come and go, each an App over the shipping engine whose every port call is an
 * operation of the world; the at-least-once bus; timers; the scheduler that calls the sweep each minute.
 */
import type { Snapshot } from '@automateos/shared/ports/document-store';
import type { BranchRef } from '@automateos/shared/ports/queue';
import type { App } from '../app/app-context.ts';
import { runBranch } from '../app/engine/run-branch.ts';
import { sweep } from '../app/engine/sweep.ts';
import { isInfrastructureError } from './infrastructure-error.ts';
import type { Random } from './random.ts';
import type { Process, World } from './world.ts';

export type Node = { readonly process: Process; readonly app: App };

export type Bus = {
  send(ref: BranchRef): void;
  wakeAt(ref: BranchRef, at: number): void;
};

export type ClusterOptions = {
  readonly world: World;
  readonly random: Random;
  readonly places: number;
  readonly mostSkewMs: number;
  readonly createApp: (process: Process, bus: Bus) => App;
  /** Whether a sweep would find anything now; one that would find nothing is only simulated now and then. */
  readonly isAnythingDue: () => boolean;
};

export type Cluster = {
  /** A process that is up and not stopped; undefined while there is none. */
  any(): Node | undefined;
  start(): void;
  readonly inFlight: () => number;
};

const sweepMs = 60_000;
const ackDeadlineMs = 60_000;
const mostTries = 5;

export function createCluster(options: ClusterOptions): Cluster {
  const { world, random } = options;
  const nodes: (Node | null)[] = [];
  let serial = 0;
  let inFlight = 0;

  function spawn(place: number): void {
    serial += 1;
    const skews = world.strikes('skew', 'process');
    const process: Process = {
      name: `p${serial}`,
      skewMs: skews ? random.int(-options.mostSkewMs, options.mostSkewMs) : 0,
      weight: random.pick([1, 1, 0.5, 0.1]),
      alive: true,
      draining: false,
      stalledUntil: 0,
      onDeath: new Set(),
    };
    process.onDeath.add(() => {
      nodes[place] = null;
      world.at(world.now() + random.int(0, 60_000), null, () => spawn(place));
    });
    nodes[place] = { process, app: options.createApp(process, bus) };
  }

  function any(): Node | undefined {
    return (
      random.any(nodes.filter((node) => node !== null && node.process.stalledUntil <= world.now() && !node.process.draining)) ??
      undefined
    );
  }

  function send(ref: BranchRef): void {
    if (world.strikes('drop', 'message')) return;
    deliverLater(ref, world.strikes('delay', 'message') ? random.int(1_000, 400_000) : random.int(0, 50), 0);
    if (world.strikes('duplicate', 'message')) deliverLater(ref, random.int(0, 300_000), 0);
  }

  function deliverLater(ref: BranchRef, delay: number, tries: number): void {
    inFlight += 1;
    world.at(world.now() + delay, null, () => deliver(ref, tries));
  }

  function deliver(ref: BranchRef, tries: number): void {
    inFlight -= 1;
    const node = any();
    if (!node) {
      deliverLater(ref, 1_000, tries);
      return;
    }
    const { process, app } = node;
    world.note(`> ${process.name} ${ref.executionId}/${ref.branchId}`);
    inFlight += 1;
    const again = (): void => {
      inFlight -= 1;
      process.onDeath.delete(again);
      if (tries < mostTries) deliverLater(ref, ackDeadlineMs * 2 ** tries, tries + 1);
    };
    process.onDeath.add(again);
    runBranch(app, ref).then(
      () => {
        inFlight -= 1;
        process.onDeath.delete(again);
      },
      (error: unknown) => {
        if (!isInfrastructureError(error)) world.fail(error);
        if (process.alive) again();
      },
    );
  }

  const bus: Bus = {
    send,
    wakeAt(ref, at) {
      if (world.strikes('timerLost', 'timer')) return;
      const early = world.strikes('timerEarly', 'timer') ? random.int(0, 60_000) : 0;
      const late = world.strikes('timerLate', 'timer') ? random.int(0, 300_000) : 0;
      world.at(at - early + late, null, () => send(ref));
      if (world.strikes('timerDouble', 'timer')) world.at(at + random.int(0, 60_000), null, () => send(ref));
    },
  };

  function sweepOnce(): void {
    const node = any();
    if (!node) return;
    world.note(`> ${node.process.name} sweep`);
    sweep(node.app).catch((error: unknown) => {
      if (!isInfrastructureError(error)) world.fail(error);
    });
  }

  function tick(): void {
    const paused = world.strikes('sweepPause', 'sweep');
    world.at(world.now() + (paused ? 3_600_000 : sweepMs), null, tick);
    if (!options.isAnythingDue() && !random.chance(0.02)) return;
    sweepOnce();
    if (world.strikes('sweepDouble', 'sweep')) sweepOnce();
  }

  /** Power cuts, and SIGTERM: the process hands its branches back and ends. */
  function trouble(): void {
    world.at(world.now() + random.int(500, 30_000), null, trouble);
    if (world.strikes('crashAll', 'process')) for (const node of nodes) if (node) world.kill(node.process);
    if (world.strikes('drain', 'process')) {
      const node = any();
      if (!node) return;
      node.process.draining = true;
      world.at(world.now() + random.int(10, 20_000), null, () => world.kill(node.process));
    }
  }

  return {
    any,
    start() {
      for (let place = 0; place < options.places; place += 1) spawn(place);
      world.at(random.int(0, sweepMs), null, tick);
      world.at(random.int(0, 2_000), null, trouble);
    },
    inFlight: () => inFlight,
  };
}

/** Whether a stored document is one that the sweep looks for. */
export function dueOf(snapshot: Snapshot): string | null {
  const { due } = snapshot.data;
  return typeof due === 'string' ? due.slice(due.indexOf(':') + 1) : null;
}
