/** Wires the embedded platform: one process, SQLite, everything in it. By hand, in the order of dependence; nothing decides here. */
import { join } from 'node:path';
import { namedRegion } from '@automateos/shared/cost/price-table';
import { featuresOf } from '@automateos/shared/model/feature';
import { createAesSecretBox } from '../adapters/embedded/aes-secret-box.ts';
import { unpackBackup } from '../adapters/embedded/backup-file.ts';
import { openDataFolder } from '../adapters/embedded/data-folder.ts';
import { createFileBlobs } from '../adapters/embedded/file-blobs.ts';
import { openKeyFileRing } from '../adapters/embedded/key-file-ring.ts';
import { createLocalQueue } from '../adapters/embedded/local-queue.ts';
import { createLocalSchedules } from '../adapters/embedded/local-schedules.ts';
import { createLocalTimers } from '../adapters/embedded/local-timers.ts';
import { createOrganizationDataKeys } from '../adapters/embedded/organization-data-keys.ts';
import { createPinoLogger } from '../adapters/embedded/pino-logger.ts';
import { createRandomIds } from '../adapters/embedded/random-ids.ts';
import { shippedIndexes } from '../adapters/embedded/shipped-indexes.ts';
import { createSqliteStore } from '../adapters/embedded/sqlite-store.ts';
import { createSystemClock } from '../adapters/embedded/system-clock.ts';
import { createQuickJsEvaluator } from '../adapters/expression/quickjs-evaluator.ts';
import { createFairShareMeter } from '../adapters/fair-share-meter.ts';
import { loadNodeTypes } from '../adapters/node-types/load-node-types.ts';
import { createIdleSandbox } from '../adapters/scripts/idle-sandbox.ts';
import { createScriptSandbox } from '../adapters/scripts/script-sandbox.ts';
import { createTelemetry } from '../adapters/telemetry/create-telemetry.ts';
import type { App } from '../app/app-context.ts';
import { withAccessReads } from '../app/cache/access-reads.ts';
import { pricingAt } from '../app/cost/pricing.ts';
import { defaultEngineSettings } from '../app/engine/engine-settings.ts';
import { createInterrupts } from '../app/engine/interrupts.ts';
import { createPlanCache } from '../app/engine/plan-cache.ts';
import { prepareExpressions } from '../app/engine/prepare-expressions.ts';
import { createShares } from '../app/live/shares.ts';
import { observeProcess } from '../app/telemetry/observe-process.ts';
import { accountSettingsOf } from '../config/account-variables.ts';
import type { EmbeddedConfig } from '../config/embedded-config.ts';
import { otlpDestinations } from '../config/telemetry-variables.ts';
import { checkEgressAllow } from './check-egress-allow.ts';
import { lazy, lazyHttpClient, lazyIdentity } from './lazy.ts';
import { createTurns } from './turns.ts';
import { version } from './version.ts';

export type Embedded = Awaited<ReturnType<typeof composeEmbedded>>;

export async function composeEmbedded(config: EmbeddedConfig) {
  await checkEgressAllow(config.AUTOMATEOS_EGRESS_ALLOW);
  const logger = createPinoLogger(config.AUTOMATEOS_LOG_LEVEL);
  const folder = openDataFolder(config.AUTOMATEOS_DATA_DIR);
  const clock = createSystemClock();
  const ids = createRandomIds();
  const telemetry = await createTelemetry({
    service: { name: 'automateos', version, instance: ids.make('ins') },
    metering: config.AUTOMATEOS_METRICS !== 'off',
    ...otlpDestinations(config),
    sampleRatio: config.OTEL_TRACES_SAMPLER_ARG,
    metricsIntervalMs: config.OTEL_METRIC_EXPORT_INTERVAL,
    now: clock.now,
    onExportFailure: (signal, reason) => logger.warn('telemetry-export-failed', { signal, reason }),
  });
  const nodeTypesLoading = loadNodeTypes({
    folders: [join(import.meta.dirname, '../nodes'), ...config.AUTOMATEOS_NODES_DIR],
    packages: config.AUTOMATEOS_NODE_PACKAGES,
  });
  const [keyRing, nodeTypes] = await Promise.all([openKeyFileRing({ path: folder.keyFile, now: clock.now() }), nodeTypesLoading]);
  const blobs = createFileBlobs({ folder: folder.blobsFolder });
  const restored = await unpackBackup(folder.databaseFile, blobs.restore);
  if (restored > 0) logger.info('backup-unpacked', { blobs: restored });
  const database = createSqliteStore({ file: folder.databaseFile, indexes: shippedIndexes() });
  const { store, reads } = withAccessReads(database, { now: clock.now });
  const queue = createLocalQueue({ places: config.AUTOMATEOS_CONCURRENCY, logger, now: () => clock.now() });
  const evaluator = createQuickJsEvaluator();
  const http = lazy(async () => {
    const { createHttpClient } = await import('../adapters/http/create-http-client.ts');
    return createHttpClient({ allow: config.AUTOMATEOS_EGRESS_ALLOW, userAgent: 'AutomateOS' });
  });
  const features = featuresOf(config.AUTOMATEOS_FEATURES);
  const sandbox = features.scripts ? createScriptSandbox() : createIdleSandbox();
  let draining = false;
  /** PORT=0 leaves the choice to the system: the address is not known before the server listens. */
  let publicUrl = config.AUTOMATEOS_PUBLIC_URL ?? defaultEngineSettings.publicUrl;
  const dataKeys = createOrganizationDataKeys({ store, keyRing, now: clock.now });
  const app: App = {
    store,
    reads,
    blobs,
    queue,
    workers: queue,
    // what a worker function has (infra/topology.json), so that an estimate says what the cloud would charge for the same work
    compute: createFairShareMeter({ vcpus: 1, memoryMib: 512, now: () => performance.now() }),
    pricing: pricingAt(namedRegion, 'cloud-estimate'),
    timers: createLocalTimers({ clock, queue }),
    schedules: createLocalSchedules(),
    clock,
    ids,
    logger,
    telemetry,
    evaluator,
    nodeTypes,
    http: lazyHttpClient(http),
    sandbox,
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
      get publicUrl() {
        return publicUrl;
      },
      get liveUrl() {
        return `${publicUrl.replace(/^http/, 'ws')}/v1/live`;
      },
      retentionDays: config.AUTOMATEOS_RETENTION_DAYS,
      soleOwner: `${ids.make('own')}.`,
      draining: () => draining,
    },
  };
  observeProcess(app);
  const identity = lazyIdentity(
    lazy(async () => {
      const { createLocalIdentity } = await import('../adapters/embedded/local-identity.ts');
      return createLocalIdentity({ store, keyRing, clock, ids });
    }),
  );

  /** Where the server answers, which is what it calls itself unless the operator has named an address. Before any work is taken. */
  function listensAt(url: string): void {
    publicUrl = config.AUTOMATEOS_PUBLIC_URL ?? url;
  }

  /** Takes no more work, waits for what is under way (`rounds` too), then lets go of everything. */
  async function close(rounds: Promise<void> = Promise.resolve()): Promise<void> {
    draining = true;
    await Promise.all([queue.drain(config.AUTOMATEOS_DRAIN_MS), rounds]);
    const client = http.loaded() ? await http.get() : null;
    await Promise.allSettled([client?.close(), sandbox.close(), evaluator.close(), telemetry.close()]);
    await store.close();
    folder.close();
  }

  /** Retention and backups do not overlap: a backup must find the blobs that it refers to. */
  const inTurn = createTurns();
  const metrics =
    config.AUTOMATEOS_METRICS === 'off'
      ? undefined
      : { text: telemetry.prometheus, access: config.AUTOMATEOS_METRICS, token: config.AUTOMATEOS_METRICS_TOKEN };
  return { app, config, folder, store, blobs, queue, identity, keyRing, evaluator, metrics, inTurn, listensAt, close };
}
