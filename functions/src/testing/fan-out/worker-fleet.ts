/**
 * Several workers of the cloud in one process: each with a client of the store and claims of its own, fed from one queue, as many branches
 * at a time as an instance takes. Messages are hints, as ever; none is lost here.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '@automateos/shared/ports/logger';
import type { BranchRef, Queue } from '@automateos/shared/ports/queue';
import { createFakeBlobs } from '@automateos/shared/testing/fake-blobs';
import { createRandomIds } from '../../adapters/embedded/random-ids.ts';
import { createSystemClock } from '../../adapters/embedded/system-clock.ts';
import type { App } from '../../app/app-context.ts';
import { runBranch } from '../../app/engine/run-branch.ts';
import { createTestApp, type TestApp } from '../test-app.ts';
import type { CountingStores } from './counting-store.ts';

export type WorkerFleet = {
  /** Starts executions and runs no steps. */
  readonly front: TestApp;
  /** Effects that were asked for, by all workers. */
  attempts(): number;
  /** What workers could not do. */
  readonly failures: readonly string[];
  /** Resolves when no branch is queued or under way. */
  idle(): Promise<void>;
};

export type FleetOptions = {
  readonly workers: number;
  readonly places: number;
  readonly openStore: () => App['store'];
  readonly stores: CountingStores;
};

export async function startWorkerFleet({ workers, places, openStore, stores }: FleetOptions): Promise<WorkerFleet> {
  const waiting: BranchRef[] = [];
  const blobs = createFakeBlobs();
  const failures: string[] = [];
  const apps: TestApp[] = [];
  let running = 0;
  let turn = 0;

  const queue: Queue = {
    async publish(_pool, refs) {
      waiting.push(...refs);
      pump();
    },
  };
  const record = (event: string, fields?: unknown, cause?: unknown): void =>
    void failures.push(`${event} ${JSON.stringify(fields)} ${String(cause ?? '')}`);
  const logger: Logger = { debug() {}, info() {}, warn: record, error: record, with: () => logger };

  function pump(): void {
    while (running < workers * places) {
      const ref = waiting.shift();
      const app = apps[turn % apps.length];
      if (!ref || !app) return;
      turn += 1;
      running += 1;
      runBranch(app, ref)
        .catch((error: unknown) => record('branch-failed', ref, error))
        .finally(() => {
          running -= 1;
          pump();
        });
    }
  }

  const open = (): Promise<TestApp> =>
    createTestApp({
      ...{ store: stores.wrap(openStore()), clock: createSystemClock(), ids: createRandomIds(), queue, blobs, logger },
      timers: { wakeAt: async () => {} },
      workers: { enter: () => null, busy: () => 0 },
    });
  for (let at = 0; at < workers; at += 1) apps.push(await open());
  return {
    front: await open(),
    failures,
    attempts: () => apps.reduce((sum, { effects }) => sum + effects.attempts.length, 0),
    async idle() {
      while (running > 0 || waiting.length > 0) await nextTurn();
    },
  };
}
