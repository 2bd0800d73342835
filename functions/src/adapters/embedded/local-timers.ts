/**
 * Wake-ups in memory: near ones are armed, far ones left to the sweep, which finds whatever is due. Rebuilt from the store at start.
 */
import type { Clock } from '@automateos/shared/ports/clock';
import type { Queue } from '@automateos/shared/ports/queue';
import type { Timers } from '@automateos/shared/ports/timers';

/** Beyond this the sweep's accuracy is enough, and no timer is kept for months. */
const farMs = 3_600_000;

export function createLocalTimers({ clock, queue }: { readonly clock: Clock; readonly queue: Queue }): Timers {
  return {
    async wakeAt(pool, ref, atEpochMs) {
      const delay = atEpochMs - clock.now();
      if (delay > farMs) return;
      if (delay <= 0) await queue.publish(pool, [ref]);
      // One millisecond late rather than early: a branch that is not due yet is left alone.
      else clock.after(delay + 1, () => void queue.publish(pool, [ref]));
    },
  };
}
