/** What only this process knows of itself: its workers, its folder, its database. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@automateos/shared/model/app-error';
import { toInstant } from '@automateos/shared/model/instant';
import { packBackup } from '../adapters/embedded/backup-file.ts';
import { vacuumInPortions } from '../adapters/embedded/vacuum-in-portions.ts';
import type { Maintenance } from '../app/admin/maintenance.ts';
import type { Embedded } from './compose-embedded.ts';
import type { Rounds } from './rounds.ts';

const partialEnding = '.partial';
const chunkBytes = 262_144;

export function createEmbeddedMaintenance(embedded: Embedded, rounds: Rounds): Maintenance {
  const { app, folder, store, blobs, queue, config, inTurn } = embedded;
  const startedAt = toInstant(app.clock.now());
  const backups = join(folder.path, 'backups');

  /** A whole backup under a name of its own, which the caller renames or deletes. Nothing is pruned meanwhile: the copy refers to it. */
  const write = (): Promise<string> =>
    inTurn(async () => {
      await mkdir(backups, { recursive: true, mode: 0o700 });
      await clearUnfinished(backups);
      const partial = join(backups, `${randomUUID()}${partialEnding}`);
      try {
        await store.backup(partial);
        await packBackup(partial, blobs.files());
        return partial;
      } catch (error) {
        await rm(partial, { force: true });
        throw error;
      }
    });

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
      const [file, documents, blobBytes, disk] = await Promise.all([
        stat(folder.databaseFile),
        store.storageBytes(),
        blobs.size(),
        statfs(folder.path),
      ]);
      return {
        folder: folder.path,
        databaseBytes: file.size,
        freeBytes: store.freeBytes(),
        blobBytes,
        diskFreeBytes: disk.bavail * disk.bsize,
        documentBytes: Object.fromEntries(documents),
      };
    },
    prune: (choice) =>
      inTurn(async () => {
        const { pruneExecutions } = await import('../app/admin/prune-executions.ts');
        const { executions, documents, blobBytes } = await pruneExecutions(app, { ...choice, limit: 100_000 });
        if (choice.dryRun === true) return { executions, documents };
        return { executions, documents, blobBytes, fileBytesFreed: await vacuumInPortions(store) };
      }),
    async backup(name) {
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(name) || name.endsWith(partialEnding)) {
        throw new AppError('INVALID_PARAMS', { reason: 'A backup name has letters, digits, dots, dashes and underscores.' });
      }
      const file = join(backups, name);
      if (await exists(file)) throw new AppError('CONFLICT', { reason: `A backup named ${name} exists already.` });
      const partial = await write();
      await rename(partial, file);
      return { file, bytes: (await stat(file)).size };
    },
    async download() {
      const partial = await write();
      const handle = await open(partial, 'r');
      try {
        // without a name it goes away with the handle, also when this process dies
        await rm(partial);
        return { bytes: (await handle.stat()).size, stream: streamOf(handle) };
      } catch (error) {
        await handle.close();
        throw error;
      }
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

/** Of a process that died while it wrote one. */
async function clearUnfinished(backups: string): Promise<void> {
  for (const name of await readdir(backups)) {
    if (/\.partial(-wal|-shm|-journal)?$/.test(name)) await rm(join(backups, name), { force: true });
  }
}

function streamOf(handle: FileHandle): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { buffer, bytesRead } = await handle.read(new Uint8Array(chunkBytes), 0, chunkBytes);
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      await handle.close();
    },
    cancel: () => handle.close(),
  });
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
