/** What a cloud function knows of the installation: little, because Google's console and the metrics tell the rest. */
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import type { Maintenance } from '../../app/admin/maintenance.ts';
import { pruneExecutions } from '../../app/admin/prune-executions.ts';
import type { Gcp } from '../compose-gcp.ts';

/** In one request, which Hosting cuts off after a minute; the hour's prune goes on. */
const pruneBounds = { limit: 10_000, ms: 40_000 };

export function createCloudMaintenance({ app, store, config }: Gcp): Maintenance {
  const startedAt = toInstant(app.clock.now());
  const elsewhere = (what: string, where: string) => new AppError('NOT_SUPPORTED_HERE', { what, where });
  return {
    async status() {
      return {
        mode: 'cloud',
        startedAt,
        now: toInstant(app.clock.now()),
        project: config.GOOGLE_CLOUD_PROJECT,
        region: config.AUTOMATEOS_REGION,
        store: { ...store.stats() },
        memory: { rssBytes: process.memoryUsage.rss() },
      };
    },
    async storage() {
      return {
        ...{ database: config.AUTOMATEOS_DATABASE, bucket: config.AUTOMATEOS_BUCKET },
        note: 'Cloud Monitoring has the bytes: firestore.googleapis.com/storage/data_and_index_storage_bytes and storage.googleapis.com/storage/total_bytes',
      };
    },
    async prune(choice) {
      const { limit, ms } = pruneBounds;
      return { ...(await pruneExecutions(app, { ...choice, limit, untilMs: app.clock.now() + ms })) };
    },
    backup: () =>
      Promise.reject(
        elsewhere('A backup', 'Firestore: point-in-time recovery is on, and docs/guides/deploy.md says how to export'),
      ),
    download: () =>
      Promise.reject(
        elsewhere('A backup', 'Firestore: point-in-time recovery is on, and docs/guides/deploy.md says how to export'),
      ),
    async readiness() {
      const firestore = await store.get('health/probe').then(
        () => ({ ok: true }),
        () => ({ ok: false, detail: 'Firestore does not answer' }),
      );
      const instance = app.settings.draining() ? { ok: false, detail: 'the instance is about to end' } : { ok: true };
      return { firestore, instance };
    },
  };
}
