/** What only this process knows of itself: its workers, its folder, its database. */
import { mkdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import type { Maintenance } from '../app/admin/maintenance.ts';
import { pruneExecutions } from '../app/admin/prune-executions.ts';
import type { Embedded } from './compose-embedded.ts';
import type { Rounds } from './rounds.ts';

export function createEmbeddedMaintenance({ app, folder, store, queue, config }: Embedded, rounds: Rounds): Maintenance {
  const startedAt = toInstant(app.clock.now());
  return {
    async status() {
      const oldest = queue.oldest();
      return {
        mode: 'embedded',
        startedAt,
        now: toInstant(app.clock.now()),
        workers: { places: config.AUTOMATEOS_CONCURRENCY, busy: queue.busy() },
        queue: { depth: queue.depth(), oldestQueuedAt: oldest === null ? null : toInstant(oldest) },
        sweeps: rounds.report(),
        store: { ...store.stats() },
        memory: { rssBytes: process.memoryUsage.rss() },
      };
    },
    async storage() {
      const file = await stat(folder.databaseFile);
      const groups = Object.fromEntries(store.storageBytes());
      const disk = await statfs(folder.path);
      return {
        folder: folder.path,
        databaseBytes: file.size,
        freeBytes: store.freeBytes(),
        diskFreeBytes: disk.bavail * disk.bsize,
        documents: groups,
      };
    },
    async prune() {
      const pruned = await pruneExecutions(app, { limit: 100_000 });
      const fileBytesFreed = store.vacuum();
      return { ...pruned, fileBytesFreed };
    },
    async backup(name) {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name)) {
        throw new AppError('INVALID_PARAMS', { reason: 'A backup name has letters, digits, dots, dashes and underscores.' });
      }
      const backups = join(folder.path, 'backups');
      await mkdir(backups, { recursive: true, mode: 0o700 });
      const file = join(backups, name);
      await store.backup(file);
      return { file, bytes: (await stat(file)).size };
    },
    async readiness() {
      const database = await app.store.get('health/probe').then(
        () => ({ ok: true }),
        () => ({ ok: false, detail: 'the database does not answer' }),
      );
      const workers = app.settings.draining() ? { ok: false, detail: 'the server is about to end' } : { ok: true };
      return { database, workers };
    },
  };
}
