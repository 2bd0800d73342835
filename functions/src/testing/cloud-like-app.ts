/**
 * The test app as the cloud composes it: whoever starts an execution runs no steps, every branch comes to a worker by a message, leases
 * are of nobody in particular. Every operation is counted, and so is every message.
 */
import { createFakeDocumentStore } from '@automateos/shared/testing/fake-document-store';
import { createLocalQueue } from '../adapters/embedded/local-queue.ts';
import { createLocalTimers } from '../adapters/embedded/local-timers.ts';
import type { App } from '../app/app-context.ts';
import { runBranch } from '../app/engine/run-branch.ts';
import { createFakeClock } from './fake-clock.ts';
import { createTestApp, type TestApp } from './test-app.ts';

export type Operations = {
  readonly writes: number;
  readonly reads: number;
  readonly deletes: number;
  readonly publishes: number;
};

export type CloudLikeApp = { readonly app: TestApp; operations(): Operations };

/** `places`: branches at a time; with one, no two of them meet at a join. */
export async function createCloudLikeApp(changes: Partial<App> = {}, places = 64): Promise<CloudLikeApp> {
  const store = changes.store ?? createFakeDocumentStore();
  const clock = createFakeClock();
  let publishes = 0;
  const local = createLocalQueue({ places, logger: (await createTestApp()).logger, now: () => clock.now() });
  const app = await createTestApp({
    store,
    clock,
    queue: {
      publish(pool, refs) {
        publishes += refs.length;
        return local.publish(pool, refs);
      },
    },
    timers: createLocalTimers({ clock, queue: local }),
    workers: { enter: () => null, busy: () => 0 },
    ...changes,
  });
  local.start((ref) => runBranch(app, ref));
  return {
    app: { ...app, fakeClock: clock },
    operations: () => {
      const { writes, reads, deletes } = store.stats();
      return { writes, reads, deletes, publishes };
    },
  };
}
