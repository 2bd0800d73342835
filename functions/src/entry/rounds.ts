/** What an embedded server does again and again by itself: the sweep, due schedules, retention. One round of a kind at a time. */
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { pruneExecutions } from '../app/admin/prune-executions.ts';
import { sweep } from '../app/engine/sweep.ts';
import type { Embedded } from './compose-embedded.ts';

const sweepMs = 5_000;
const pruneMs = 600_000;

export type Rounds = { stop(): void; report(): JsonObject };

export function startRounds({ app, store }: Embedded): Rounds {
  const totals = { rounds: 0, announced: 0, timedOut: 0, lastAt: null as string | null };
  const stops = [
    every(sweepMs, async () => {
      const { announced, timedOut } = await sweep(app);
      totals.rounds += 1;
      totals.announced += announced;
      totals.timedOut += timedOut;
      totals.lastAt = toInstant(app.clock.now());
    }),
    every(pruneMs, async () => {
      const { executions } = await pruneExecutions(app, { limit: 1_000 });
      if (executions > 0) store.vacuum(1_000);
    }),
  ];

  function every(ms: number, round: () => Promise<void>): () => void {
    let stopped = false;
    let cancel = (): void => {};
    const again = (): void => {
      cancel = app.clock.after(ms, () => {
        round()
          .catch((error: unknown) => app.logger.error('round-failed', {}, error))
          .finally(() => {
            if (!stopped) again();
          });
      });
    };
    again();
    return () => {
      stopped = true;
      cancel();
    };
  }

  return {
    stop() {
      for (const stop of stops) stop();
    },
    report: () => ({ ...totals }),
  };
}
