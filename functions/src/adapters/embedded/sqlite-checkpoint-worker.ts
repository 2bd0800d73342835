/**
 * A thread that moves SQLite's log into the database file, so that the waits for the disk which that needs are not the event loop's. Each
 * message asks for one round; the answer is the number of pages that were left over when it gave up.
 */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

/** Rounds per request: commits go on meanwhile, and each round has less left to move than the one before. */
const rounds = 3;
/** Few enough pages for the owner to finish by itself. */
const fewPages = 100;

const database = new DatabaseSync(String(workerData), { timeout: 0 });
database.exec('PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL;');
const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');

parentPort?.on('message', () => {
  let left = 0;
  for (let round = 0; round < rounds; round += 1) {
    const { log, checkpointed } = checkpoint.get() ?? {};
    left = Number(log) - Number(checkpointed);
    const state = database.prepare('PRAGMA wal_checkpoint(NOOP)').get() ?? {};
    left = Number(state.log) - Number(state.checkpointed);
    if (left < fewPages) break;
  }
  parentPort?.postMessage(left);
});
