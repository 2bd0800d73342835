/** The App of one simulated process: the shipping engine, every port an operation of the world. */
import { namedRegion } from '@automateos/shared/cost/price-table';
import { createNativeEvaluator } from '@automateos/shared/expression/native-evaluator';
import { createSortedStamp } from '@automateos/shared/model/sorted-stamp';
import type { Clock } from '@automateos/shared/ports/clock';
import type { CommitResult, DocumentStore, Query, Write } from '@automateos/shared/ports/document-store';
import type { LocalWorkers } from '@automateos/shared/ports/local-workers';
import type { Logger } from '@automateos/shared/ports/logger';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import { noTelemetry } from '@automateos/shared/ports/telemetry';
import { createLocalSchedules } from '../adapters/embedded/local-schedules.ts';
import type { App } from '../app/app-context.ts';
import { pricingAt } from '../app/cost/pricing.ts';
import { defaultEngineSettings, type EngineSettings, type PlantedBug } from '../app/engine/engine-settings.ts';
import { createInterrupts } from '../app/engine/interrupts.ts';
import type { PlanCache } from '../app/engine/plan-cache.ts';
import { createShares } from '../app/live/shares.ts';
import { freeCompute } from '../testing/free-compute.ts';
import type { Bus } from './cluster.ts';
import { isInfrastructureError } from './infrastructure-error.ts';
import type { Random } from './random.ts';
import type { SimStore } from './sim-store.ts';
import type { Process, World } from './world.ts';

/** Virtual time 0. */
export const epochMs = Date.parse('2026-03-01T12:00:00.000Z');

export type SimAppOptions = {
  readonly world: World;
  readonly random: Random;
  readonly store: SimStore;
  readonly blobs: Map<string, Uint8Array>;
  readonly plans: PlanCache;
  readonly nodeTypes: (process: Process) => NodeTypes;
  readonly bus: Bus;
  readonly commit: (process: Process, writes: readonly Write[]) => CommitResult;
  readonly limits: Pick<EngineSettings, 'journalSteps' | 'journalBytes' | 'workMs'>;
  readonly workerPlaces: number;
  readonly plantedBug?: PlantedBug | undefined;
};

const evaluator = createNativeEvaluator();

export function createSimApp(process: Process, options: SimAppOptions): App {
  const { world, random, blobs, bus } = options;
  const stamp = createSortedStamp();
  const drawn = (): string => random.int(0, 0x7fffffff).toString(36);
  return {
    store: storeOf(process, options),
    blobs: {
      put: (key, bytes) => world.call(process, 'blob', `put ${key}`, () => void blobs.set(key, bytes)),
      get: (key) => world.call(process, 'blob', `read ${key}`, () => blobs.get(key) ?? null),
      deletePrefix: () => Promise.resolve(0),
    },
    queue: {
      publish: (_pool, refs) =>
        world.call(process, 'publish', `publish ${refs.map((ref) => ref.branchId).join()}`, () => refs.forEach(bus.send)),
    },
    timers: {
      wakeAt: (_pool, ref, at) => world.call(process, 'wake', `wake ${ref.branchId}`, () => bus.wakeAt(ref, at - epochMs)),
    },
    schedules: createLocalSchedules(),
    clock: clockOf(process, world),
    ids: {
      make: (prefix) => `${prefix}_${drawn()}${drawn()}`,
      makeSorted: (prefix, now) => `${prefix}_${stamp(now)}${drawn()}`,
      random: () => random.next(),
    },
    logger: loggerOf(world),
    telemetry: noTelemetry,
    evaluator,
    nodeTypes: options.nodeTypes(process),
    http: { send: () => Promise.reject(new TypeError('no network in the simulator')) },
    sandbox: { run: () => Promise.reject(new TypeError('no scripts in the simulator')) },
    secrets: { seal: async (plain) => plain, open: async (sealed) => sealed },
    plans: options.plans,
    interrupts: createInterrupts(),
    live: createShares(),
    workers: workersOf(options.workerPlaces),
    compute: freeCompute,
    pricing: { ...pricingAt(namedRegion, 'billed'), recordsSpend: false },
    settings: {
      ...defaultEngineSettings,
      ...options.limits,
      laneWrites: options.limits.journalSteps,
      draining: () => process.draining,
      ...(options.plantedBug === undefined ? {} : { plantedBug: options.plantedBug }),
    },
  };
}

function storeOf(process: Process, { world, random, store, commit }: SimAppOptions): DocumentStore {
  const select = (query: Query) => {
    // Only the sweep's index may lag; whatever a commit is decided from is consistent, as Firestore's queries are.
    const lags = query.group === true && world.strikes('stale', 'query');
    return lags ? store.queryPast(query, random.int(1, 10)) : store.query(query);
  };
  return {
    get: (path) => world.call(process, 'get', `get ${path}`, () => store.get(path)),
    getAll: (paths) => world.call(process, 'get', `get ${paths.join()}`, () => paths.map((path) => store.get(path))),
    commit(writes) {
      const label = `commit ${writes.map(({ kind, path }) => `${kind[0]}:${path}`).join()}`;
      return world.call(process, 'commit', label, () => commit(process, writes));
    },
    query: (query) => world.call(process, 'query', `query ${query.collection}`, () => select(query)),
    count: (query) => world.call(process, 'query', `count ${query.collection}`, () => select(query).length),
    watch: () => {
      throw new TypeError('nobody watches in the simulator');
    },
    stats: () => ({ reads: 0, writes: 0, deletes: 0, commits: 0 }),
  };
}

function clockOf(process: Process, world: World): Clock {
  return {
    now: () => epochMs + world.now() + process.skewMs,
    sleep(ms, signal) {
      if (ms <= 0) return world.call(process, 'sleep', 'sleep', () => undefined);
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const cancel = world.at(world.now() + ms, process, () =>
          resolve(world.call(process, 'sleep', 'wake up', () => undefined)),
        );
        signal?.addEventListener('abort', () => {
          cancel();
          reject(signal.reason);
        });
      });
    },
    after: (ms, callback) => world.at(world.now() + ms, process, callback),
  };
}

/** The engine logs what it cannot throw; what is no outage is a defect. */
function loggerOf(world: World): Logger {
  const logger: Logger = {
    debug() {},
    info() {},
    warn() {},
    error(event, _fields, cause) {
      if (cause !== undefined && !isInfrastructureError(cause)) world.fail(cause);
      if (event === 'plan-missing') world.fail(new TypeError('a plan is missing'));
    },
    with: () => logger,
  };
  return logger;
}

function workersOf(places: number): LocalWorkers {
  let busy = 0;
  return {
    enter() {
      if (busy >= places) return null;
      busy += 1;
      return () => {
        busy -= 1;
      };
    },
    busy: () => busy,
  };
}
