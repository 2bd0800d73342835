/**
 * ComputeMeter of a process: a sum of instance time divided by the work under way, which every piece of work reads at its own two ends.
 * A few additions per reading, nothing allocated, whatever the number of pieces at a time.
 */
import type { ComputeMeter } from '@automateos/shared/ports/compute-meter';

export type FairShareOptions = {
  readonly vcpus: number;
  readonly memoryMib: number;
  /** Milliseconds with fractions, never going back: performance.now(). */
  readonly now: () => number;
};

/** Weight of the newest piece of work in the expectation of the tail. */
const weight = 0.05;

export function createFairShareMeter({ vcpus, memoryMib, now }: FairShareOptions): ComputeMeter {
  let active = 0;
  let sumUs = 0;
  let last = 0;
  let tail = 0;

  const read = (): number => {
    const time = now();
    if (active > 0) sumUs += ((time - last) * 1_000) / active;
    last = time;
    return sumUs;
  };

  return {
    vcpus,
    memoryMib,
    enter() {
      let taken = read();
      let inside = true;
      active += 1;
      return {
        takeUs() {
          const until = read();
          const share = until - taken;
          taken = until;
          return share;
        },
        tailUs: () => tail,
        leave() {
          if (!inside) return;
          inside = false;
          tail += weight * (read() - taken - tail);
          active -= 1;
        },
      };
    },
  };
}
