/** The embedded server's process: starts, serves, and on SIGTERM, SIGINT or the launcher's death drains and ends with 0. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataFolderBusy, DataFolderUnusable } from '../adapters/embedded/data-folder.ts';
import { NodeTypeLoadError } from '../adapters/node-types/load-node-types.ts';
import { createWebhookListener } from '../api/hooks/webhook-listener.ts';
import { createHttpServer } from '../api/http-server.ts';
import { createStreamLimit } from '../api/live/stream-limit.ts';
import { createUpgradeListener } from '../api/live/upgrade-listener.ts';
import { openStaticFiles } from '../api/static-files.ts';
import { ensureOwner } from '../app/auth/ensure-owner.ts';
import { runBranch } from '../app/engine/run-branch.ts';
import { runSuspects } from '../app/engine/run-suspects.ts';
import { rebuildQueue } from '../app/engine/sweep.ts';
import { migrations } from '../app/migrations/migrations.ts';
import { runMigrations } from '../app/migrations/run-migrations.ts';
import { readEmbeddedConfig } from '../config/embedded-config.ts';
import { streamLimitsOf } from '../config/live-variables.ts';
import { ratesOf } from '../config/request-variables.ts';
import { ConfigError } from '../config/variable-kinds.ts';
import { composeEmbedded } from './compose-embedded.ts';
import { createEmbeddedMaintenance } from './embedded-maintenance.ts';
import { environmentCredentials } from './environment-credentials.ts';
import { graphqlSettings } from './graphql-settings.ts';
import { greet } from './greet.ts';
import { lazy, lazyApi } from './lazy.ts';
import { ListenError, listen } from './listen.ts';
import { requestLimits } from './request-limits.ts';
import { startRounds } from './rounds.ts';
import { socketDoors } from './socket-doors.ts';

const consoleFolder = join(import.meta.dirname, '../../../web/dist');

async function main(): Promise<void> {
  const embedded = await composeEmbedded(readEmbeddedConfig());
  const { app, config, identity, keyRing, queue } = embedded;
  const { store, clock, ids, logger } = app;
  const migrated = await runMigrations({ store, clock, owner: ids.make('mig'), soleOwner: true, migrations });
  for (const { id, seen, changed } of migrated) logger.info('migration-applied', { migration: id, seen, changed });
  const owner = await ensureOwner(app, identity, {
    email: config.AUTOMATEOS_OWNER_EMAIL,
    password: config.AUTOMATEOS_OWNER_PASSWORD,
  });
  await environmentCredentials(app, owner.principal.org);
  const rounds = startRounds(embedded);
  const maintenance = createEmbeddedMaintenance(embedded, rounds);
  const limits = await requestLimits(ratesOf(config));
  const streams = createStreamLimit(streamLimitsOf(config));
  const graphql = await graphqlSettings(config);
  const corsOrigins = config.AUTOMATEOS_CORS_ORIGINS;
  const trustedProxies = config.AUTOMATEOS_TRUSTED_PROXIES;
  const api = lazyApi(
    lazy(async () => {
      const { createApi } = await import('../api/create-api.ts');
      return createApi({ app, identity, keyRing, maintenance, metrics: embedded.metrics, limits, corsOrigins, streams, graphql });
    }),
  );
  const upgrades = createUpgradeListener(
    socketDoors({ app, identity, keyRing, maintenance, streams, limits, trustedProxies, corsOrigins, graphql }),
  );
  const server = createHttpServer({
    ...{ api, upgrades, trustedProxies },
    hooks: createWebhookListener(app, limits),
    ...(existsSync(join(consoleFolder, 'index.html')) ? { console: await openStaticFiles(consoleFolder) } : {}),
  });
  const url = await listen(server, config);
  embedded.listensAt(url);
  queue.start((ref) => runBranch(app, ref));
  const suspects = await rebuildQueue(app);
  runSuspects(app, suspects).catch((error: unknown) => app.logger.error('suspects-failed', {}, error));

  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    server.close();
    server.closeIdleConnections();
    const sockets = upgrades.close();
    embedded.close(Promise.all([rounds.stop(), sockets]).then(() => {})).then(
      () => process.exit(0),
      (error: unknown) => {
        app.logger.error('close-failed', {}, error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  // The launcher holds the other end of this channel: when it dies, however it dies, this server must not stay behind.
  process.on('disconnect', end);
  await greet({ app, url, owner, starter: config.AUTOMATEOS_STARTER === 'on' });
}

function isExpected(error: unknown): error is Error {
  return (
    error instanceof ConfigError ||
    error instanceof DataFolderBusy ||
    error instanceof DataFolderUnusable ||
    error instanceof NodeTypeLoadError ||
    error instanceof ListenError
  );
}

main().catch((error: unknown) => {
  process.stderr.write(`${isExpected(error) ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
