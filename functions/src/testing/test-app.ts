/** Composes an App of fakes around the real engine, for tests of use cases: in-memory store, a queue that runs branches at once. */

import { namedRegion } from '@automateos/shared/cost/price-table';
import { compile } from '@automateos/shared/engine/compile';
import type { Plan } from '@automateos/shared/engine/plan';
import { createNativeEvaluator } from '@automateos/shared/expression/native-evaluator';
import { Definition, type DefinitionInput } from '@automateos/shared/model/definition';
import type { Principal } from '@automateos/shared/model/principal';
import type { Clock } from '@automateos/shared/ports/clock';
import type { Logger } from '@automateos/shared/ports/logger';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import { noTelemetry } from '@automateos/shared/ports/telemetry';
import { createFakeBlobs } from '@automateos/shared/testing/fake-blobs';
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { createLocalQueue } from '../adapters/embedded/local-queue.ts';
import { createLocalSchedules } from '../adapters/embedded/local-schedules.ts';
import { createLocalTimers } from '../adapters/embedded/local-timers.ts';
import { createRandomIds } from '../adapters/embedded/random-ids.ts';
import type { App } from '../app/app-context.ts';
import { pricingAt } from '../app/cost/pricing.ts';
import { defaultEngineSettings } from '../app/engine/engine-settings.ts';
import { createInterrupts } from '../app/engine/interrupts.ts';
import { createPlanCache } from '../app/engine/plan-cache.ts';
import { runBranch } from '../app/engine/run-branch.ts';
import { createShares } from '../app/live/shares.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { freeCompute } from './free-compute.ts';
import { type TestEffects, testNodeTypes } from './test-node-types.ts';

export type TestApp = App & {
  readonly fakeClock: FakeClock;
  readonly effects: TestEffects;
  plan(definition: DefinitionInput): Plan;
};

export const owner: Principal = { org: 'org_test', userId: 'usr_test', role: 'owner', via: 'session' };

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent };

export async function createTestApp(overrides: Partial<App> = {}): Promise<TestApp> {
  const clock = createFakeClock();
  const { types, effects } = await testNodeTypes();
  const nodeTypes: NodeTypes = overrides.nodeTypes ?? types;
  const store = overrides.store ?? createFakeDocumentStore();
  const queue = createLocalQueue({ places: 64, logger: silent, now: () => clock.now() });
  const app: TestApp = {
    store,
    blobs: createFakeBlobs(),
    queue,
    workers: queue,
    compute: freeCompute,
    pricing: { ...pricingAt(namedRegion, 'billed'), recordsSpend: false },
    timers: createLocalTimers({ clock, queue }),
    schedules: createLocalSchedules(),
    clock: clock as Clock,
    ids: createRandomIds(),
    logger: silent,
    telemetry: noTelemetry,
    evaluator: createNativeEvaluator(),
    nodeTypes,
    http: { send: () => Promise.reject(new Error('no network in this test')) },
    sandbox: { run: () => Promise.reject(new Error('no scripts in this test')) },
    secrets: { seal: async (plain) => plain, open: async (sealed) => sealed },
    plans: createPlanCache({ store, nodeTypes }),
    interrupts: createInterrupts(),
    live: createShares(),
    settings: defaultEngineSettings,
    fakeClock: clock,
    effects,
    plan(definition) {
      const manifests = new Map([...nodeTypes].map(([type, node]) => [type, node.manifest]));
      return compile({ definition: Definition.parse(definition), manifests, workflowId: 'wf_test', version: 1 });
    },
    ...overrides,
  };
  queue.start((ref) => runBranch(app, ref));
  return app;
}
