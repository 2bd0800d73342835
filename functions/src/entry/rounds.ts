/** What an embedded server does again and again by itself: the sweep, due schedules, retention. One round of a kind at a time. */
import { toInstant } from '@automateos/shared/model/instant';
import type { JsonObject } from '@automateos/shared/model/json';
import { vacuumInPortions } from '../adapters/embedded/vacuum-in-portions.ts';
import { sweep } from '../app/engine/sweep.ts';
import { fireDueSchedules } from '../app/schedules/fire-due-schedules.ts';
import type { Embedded } from './compose-embedded.ts';

const sweepMs = 5_000;
const pruneMs = 600_000;
/** At most so long between two looks at the schedules, so that one that goes live and a clock that jumps are seen at once. */
const scheduleMs = 1_000;

/** `stop` resolves when no round is under way. */
export type Rounds = { stop(): Promise<void>; report(): JsonObject };

export function startRounds({ app, store, inTurn }: Embedded): Rounds {
  const totals = { rounds: 0, announced: 0, timedOut: 0, lastAt: null as string | null, scheduled: 0 };
  const stops = [
    every(sweepMs, async () => {
      const { announced, timedOut } = await sweep(app);
      totals.rounds += 1;
      totals.announced += announced;
      totals.timedOut += timedOut;
      totals.lastAt = toInstant(app.clock.now());
      return undefined;
    }),
    every(scheduleMs, async () => {
      const { started, nextDueMs } = await fireDueSchedules(app);
      totals.scheduled += started;
      return nextDueMs === null ? scheduleMs : Math.min(scheduleMs, Math.max(1, nextDueMs - app.clock.now()));
    }),
    every(pruneMs, async () => {
      await inTurn(async () => {
        const { pruneExecutions } = await import('../app/admin/prune-executions.ts'); // minutes after the start
        const { documents } = await pruneExecutions(app, { limit: 1_000 });
        if (documents > 0) await vacuumInPortions(store);
      });
      return undefined;
    }),
  ];

  /** A round may say how long to wait for the next of its kind. */
  function every(ms: number, round: () => Promise<number | undefined>): () => Promise<void> {
    let stopped = false;
    let cancel = (): void => {};
    let underWay: Promise<void> = Promise.resolve();
    const again = (wait: number): void => {
      cancel = app.clock.after(wait, () => {
        underWay = round().then(
          (next) => goOn(next ?? ms),
          (error: unknown) => {
            app.logger.error('round-failed', {}, error);
            goOn(ms);
          },
        );
      });
    };
    const goOn = (wait: number): void => {
      if (!stopped) again(wait);
    };
    again(ms);
    return () => {
      stopped = true;
      cancel();
      return underWay;
    };
  }

  return {
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
    report: () => ({ ...totals }),
  };
}
