/**
 * The engine in a world of its own: store, blobs, queue and time in memory, no credentials, no way out. What it borrows from the server only
 * computes (expressions, the script sandbox). Everything is gone with the run.
 *
 *     work: hints -> branches run side by side -> nothing left -> time jumps to the next timer -> hints ...
 */
import { createMemoryBlobs } from '@automateos/shared/documents/memory-blobs';
import { createMemoryDocumentStore } from '@automateos/shared/documents/memory-document-store';
import { AppError } from '@automateos/shared/model/app-error';
import type { Clock } from '@automateos/shared/ports/clock';
import type { ComputeShare } from '@automateos/shared/ports/compute-meter';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { HttpClient } from '@automateos/shared/ports/http-client';
import type { Logger } from '@automateos/shared/ports/logger';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import type { BranchRef } from '@automateos/shared/ports/queue';
import { noTelemetry } from '@automateos/shared/ports/telemetry';
import type { App } from '../app-context.ts';
import { createInterrupts } from '../engine/interrupts.ts';
import { createPlanCache } from '../engine/plan-cache.ts';
import { runBranch } from '../engine/run-branch.ts';
import { createShares } from '../live/shares.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

export type RunLimits = {
  /** Of the server's time, milliseconds. */
  readonly wallMs: number;
  readonly branchRuns: number;
  readonly storedBytes: number;
  readonly virtualMs: number;
};

export type IsolatedApp = {
  readonly app: App;
  readonly time: VirtualTime;
  /** Until nothing is left to do, or a limit is met: then it throws INVALID_PARAMS with the limit in words. */
  work(isOver: () => Promise<boolean>): Promise<void>;
  close(): void;
};

type World = { readonly nodeTypes: NodeTypes; readonly http: HttpClient; readonly startAt: number; readonly limits: RunLimits };

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };
const noShare: ComputeShare = { takeUs: () => 0, tailUs: () => 0, leave() {} };

export function createIsolatedApp(outer: App, { nodeTypes, http, startAt, limits }: World): IsolatedApp {
  const time = createVirtualTime(startAt, outer.clock);
  const hints = new Map<string, BranchRef>();
  const working = new Set<Promise<void>>();
  let broken: unknown = null;
  const store = boundedStore(limits.storedBytes, outer.clock, () => broken);
  const publish: App['queue']['publish'] = async (_pool, refs) => {
    for (const ref of refs) hints.set(ref.branchId, ref);
  };
  const app: App = {
    ...{ store, clock: time, nodeTypes, http, logger: silent, telemetry: noTelemetry },
    ...{ evaluator: outer.evaluator, sandbox: outer.sandbox, ids: outer.ids },
    blobs: createMemoryBlobs(),
    queue: { publish },
    workers: { enter: () => null, busy: () => working.size },
    compute: { vcpus: 1, memoryMib: 512, enter: () => noShare },
    pricing: { ...outer.pricing, recordsSpend: false },
    timers: {
      wakeAt: async (pool, ref, at) => void time.after(at - time.now() + 1, () => void publish(pool, [ref])),
    },
    schedules: { others: 'tick', jobLimit: 0, put: async () => {}, remove: async () => {}, list: async () => [] },
    secrets: {
      seal: async () => Promise.reject(new AppError('INVALID_PARAMS', { reason: 'A test seals no secrets.' })),
      open: async () => Promise.reject(new AppError('INVALID_PARAMS', { reason: 'A test opens no secrets.' })),
    },
    plans: createPlanCache({ store, nodeTypes }),
    interrupts: createInterrupts(),
    live: createShares(),
    settings: { ...outer.settings, soleOwner: null, workMs: null, draining: () => false, publicUrl: 'https://callbacks.test' },
  };

  function start(): void {
    for (const [id, ref] of hints) {
      hints.delete(id);
      const run = runBranch(app, ref)
        .catch((error: unknown) => {
          broken ??= error;
        })
        .finally(() => working.delete(run));
      working.add(run);
    }
  }

  /** Resolves when the server's time for the run is up. */
  const timeUp = Promise.withResolvers<void>();
  const stopTimer = outer.clock.after(limits.wallMs, () => timeUp.resolve());
  void timeUp.promise.then(() => {
    broken ??= limitMet(`The test took longer than ${limits.wallMs} ms.`);
  });

  async function work(isOver: () => Promise<boolean>): Promise<void> {
    let runs = 0;
    for (;;) {
      runs += hints.size;
      if (runs > limits.branchRuns) broken ??= limitMet(`The test ran more than ${limits.branchRuns} branches.`);
      if (broken !== null) throw broken;
      start();
      if (working.size > 0) await Promise.race([...working, timeUp.promise]);
      else if (await isOver()) return;
      else if (hints.size === 0 && !time.jump(startAt + limits.virtualMs)) return;
      await outer.clock.sleep(0);
    }
  }

  function close(): void {
    stopTimer();
    broken ??= limitMet('The test is over.');
  }

  return { app, time, work, close };
}

const limitMet = (reason: string): AppError => new AppError('INVALID_PARAMS', { reason });

/** A run that never waits for the outside still lets others have their turn, ms. */
const breathMs = 10;

/** A run that is over, or has stored too much, stores nothing more. */
function boundedStore(limitBytes: number, clock: Clock, broken: () => unknown): DocumentStore {
  const store = createMemoryDocumentStore();
  let bytes = 0;
  let breath = clock.now();
  return {
    ...store,
    async commit(writes) {
      if (clock.now() - breath > breathMs) {
        await clock.sleep(0);
        breath = clock.now();
      }
      const reason = broken();
      if (reason !== null) throw reason;
      for (const write of writes) if (write.kind !== 'delete') bytes += JSON.stringify(write.data).length;
      if (bytes > limitBytes) throw limitMet(`The test stores more than ${limitBytes} bytes.`);
      return store.commit(writes);
    },
  };
}
