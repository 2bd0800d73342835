/**
 * Wires a function of the cloud platform: the same use cases over Firestore, Pub/Sub, Cloud Tasks, Cloud Storage, KMS and Firebase Auth. What a
 * function seldom needs (keys, blobs, accounts, HTTP) loads with its first use, so that a cold start does not pay for it.
 */
import { featuresOf } from '@automateos/shared/model/feature';
import { createAesSecretBox } from '../adapters/embedded/aes-secret-box.ts';
import { createOrganizationDataKeys } from '../adapters/embedded/organization-data-keys.ts';
import { createRandomIds } from '../adapters/embedded/random-ids.ts';
import { createSystemClock } from '../adapters/embedded/system-clock.ts';
import { createQuickJsEvaluator } from '../adapters/expression/quickjs-evaluator.ts';
import { createFairShareMeter } from '../adapters/fair-share-meter.ts';
import { createCloudSchedulerSchedules } from '../adapters/gcp/cloud-scheduler-schedules.ts';
import { createCloudTasksTimers } from '../adapters/gcp/cloud-tasks-timers.ts';
import { createFirestoreStore } from '../adapters/gcp/firestore-store.ts';
import { createKmsKeyRing } from '../adapters/gcp/kms-key-ring.ts';
import { createPubSubQueue } from '../adapters/gcp/pubsub-queue.ts';
import { shippedIndexFile } from '../adapters/gcp/shipped-index-file.ts';
import { createIdleSandbox } from '../adapters/scripts/idle-sandbox.ts';
import { createScriptSandbox } from '../adapters/scripts/script-sandbox.ts';
import type { App } from '../app/app-context.ts';
import { withAccessReads } from '../app/cache/access-reads.ts';
import { pricingAt } from '../app/cost/pricing.ts';
import { defaultEngineSettings } from '../app/engine/engine-settings.ts';
import { createInterrupts } from '../app/engine/interrupts.ts';
import { createPlanCache } from '../app/engine/plan-cache.ts';
import { prepareExpressions } from '../app/engine/prepare-expressions.ts';
import { createShares } from '../app/live/shares.ts';
import { createFirstRequest } from '../app/telemetry/invocation.ts';
import { observeProcess } from '../app/telemetry/observe-process.ts';
import { accountSettingsOf } from '../config/account-variables.ts';
import type { CloudConfig } from '../config/cloud-config.ts';
import { builtInNodeTypes } from './built-in-node-types.ts';
import { checkEgressAllow } from './check-egress-allow.ts';
import { openCloudTelemetry } from './cloud/cloud-telemetry.ts';
import { instanceSize } from './cloud/instance-size.ts';
import { lazy, lazyBlobs, lazyHttpClient, lazyIdentity } from './lazy.ts';

export type Gcp = Awaited<ReturnType<typeof composeGcp>>;

/** `name`: of the function, for logs and traces. Throws ConfigError. */
export async function composeGcp(config: CloudConfig, name: string) {
  await checkEgressAllow(config.AUTOMATEOS_EGRESS_ALLOW);
  const projectId = config.GOOGLE_CLOUD_PROJECT;
  const clock = createSystemClock();
  const ids = createRandomIds();
  const { logger, telemetry } = await openCloudTelemetry(config, { name, instance: ids.make('ins'), now: clock.now });
  const nodeTypes = await builtInNodeTypes();
  const database = createFirestoreStore({
    projectId,
    databaseId: config.AUTOMATEOS_DATABASE,
    indexes: shippedIndexFile(),
    emulatorHost: config.FIRESTORE_EMULATOR_HOST,
    logger,
  });
  // what another instance has changed of a session, a role or a key counts within this time
  const { store, reads } = withAccessReads(database, { now: clock.now, ttlMs: 30_000 });
  const queue = createPubSubQueue({
    ...{ projectId, endpoint: config.PUBSUB_EMULATOR_HOST, prefix: config.AUTOMATEOS_PREFIX },
  });
  const timers = createCloudTasksTimers({
    ...{ projectId, location: config.AUTOMATEOS_REGION, prefix: config.AUTOMATEOS_PREFIX, clock },
    endpoint: config.AUTOMATEOS_TASKS_ENDPOINT,
    urls: {
      branches: config.AUTOMATEOS_WORKER_URL,
      'branches-ai': config.AUTOMATEOS_AI_WORKER_URL,
      'branches-heavy': config.AUTOMATEOS_HEAVY_WORKER_URL,
    },
    invoker: config.AUTOMATEOS_INVOKER,
    dispatchDeadlineMs: config.AUTOMATEOS_WORK_MS + 60_000,
  });
  const schedules = createCloudSchedulerSchedules({
    ...{ projectId, location: config.AUTOMATEOS_REGION, prefix: config.AUTOMATEOS_PREFIX },
    endpoint: config.AUTOMATEOS_SCHEDULER_ENDPOINT,
    url: config.AUTOMATEOS_SCHEDULE_URL,
    invoker: config.AUTOMATEOS_INVOKER,
    jobLimit: config.AUTOMATEOS_SCHEDULE_JOBS,
  });
  const keyRing = createKmsKeyRing({
    ...{ projectId, endpoint: config.AUTOMATEOS_KMS_ENDPOINT },
    key: config.AUTOMATEOS_KMS_KEY,
    macKeyVersion: config.AUTOMATEOS_KMS_MAC_KEY,
  });
  const blobs = lazy(async () => {
    const { createCloudStorageBlobs } = await import('../adapters/gcp/cloud-storage-blobs.ts');
    return createCloudStorageBlobs({
      ...{ projectId, bucket: config.AUTOMATEOS_BUCKET, endpoint: config.AUTOMATEOS_STORAGE_ENDPOINT },
    });
  });
  const http = lazy(async () => {
    const { createHttpClient } = await import('../adapters/http/create-http-client.ts');
    return createHttpClient({ allow: config.AUTOMATEOS_EGRESS_ALLOW, userAgent: 'AutomateOS' });
  });
  const identity = lazyIdentity(
    lazy(async () => {
      const { createFirebaseIdentity } = await import('../adapters/gcp/firebase-identity.ts');
      return createFirebaseIdentity({
        ...{ projectId, apiKey: config.AUTOMATEOS_FIREBASE_API_KEY, ids, clock },
        emulatorHost: config.FIREBASE_AUTH_EMULATOR_HOST,
      });
    }),
  );
  const evaluator = createQuickJsEvaluator();
  const features = featuresOf(config.AUTOMATEOS_FEATURES);
  const sandbox = features.scripts ? createScriptSandbox() : createIdleSandbox();
  let draining = false;
  const dataKeys = createOrganizationDataKeys({ store, keyRing, now: clock.now });
  const app: App = {
    ...{ store, reads, queue, timers, schedules, clock, ids, logger, evaluator, nodeTypes, sandbox },
    telemetry,
    blobs: lazyBlobs(blobs),
    // The CPU is taken away after an answer: whoever starts an execution leaves its branches to the workers.
    workers: { enter: () => null, busy: () => 0 },
    compute: createFairShareMeter({ ...instanceSize(name), now: () => performance.now() }),
    pricing: pricingAt(config.AUTOMATEOS_FIRESTORE_LOCATION ?? config.AUTOMATEOS_REGION, 'billed'),
    http: lazyHttpClient(http),
    secrets: createAesSecretBox(keyRing, dataKeys),
    dataKeys,
    plans: createPlanCache({
      store,
      nodeTypes,
      loaded: (definition) => prepareExpressions({ evaluator, nodeTypes }, definition),
    }),
    interrupts: createInterrupts(),
    live: createShares(),
    settings: {
      ...defaultEngineSettings,
      features,
      accounts: accountSettingsOf(config),
      publicUrl: config.AUTOMATEOS_PUBLIC_URL,
      liveUrl: config.AUTOMATEOS_LIVE_URL === undefined ? null : `${config.AUTOMATEOS_LIVE_URL.replace(/^http/, 'ws')}/v1/live`,
      retentionDays: config.AUTOMATEOS_RETENTION_DAYS,
      workMs: config.AUTOMATEOS_WORK_MS,
      draining: () => draining,
    },
  };

  observeProcess(app);

  /** Branches are handed back at their next checkpoint from now on. */
  function drain(): void {
    draining = true;
  }

  async function close(): Promise<void> {
    draining = true;
    const client = http.loaded() ? await http.get() : null;
    await Promise.allSettled([
      client?.close(),
      sandbox.close(),
      evaluator.close(),
      queue.close(),
      timers.close(),
      schedules.close(),
      keyRing.close(),
      telemetry.close(),
    ]);
    await store.close();
  }

  const isFirst = createFirstRequest(app, name);
  /** For each request, with the process's age in ms: whether it was the first, which waited for the start. */
  const firstRequest = (age = performance.now()): boolean => isFirst(age);

  return { app, config, identity, keyRing, store, firstRequest, drain, close };
}
