/** Virtual time: nothing passes until the test says so. */
import type { Clock } from '@automateos/shared/ports/clock';

export type FakeClock = Clock & {
  /** Lets `ms` pass, timers in order, everything that they set off included. */
  advance(ms: number): Promise<void>;
};

export function createFakeClock(start = Date.parse('2026-03-01T12:00:00.000Z')): FakeClock {
  let now = start;
  let serial = 0;
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>();

  function after(ms: number, callback: () => void): () => void {
    serial += 1;
    const id = serial;
    timers.set(id, { at: now + ms, callback });
    return () => timers.delete(id);
  }

  return {
    now: () => now,
    after,
    sleep(ms, signal) {
      if (ms <= 0) return new Promise((resolve) => setImmediate(resolve));
      return new Promise((resolve, reject) => {
        const cancel = after(ms, resolve);
        signal?.addEventListener('abort', () => {
          cancel();
          reject(signal.reason);
        });
      });
    },
    async advance(ms) {
      const until = now + ms;
      for (;;) {
        await settled();
        const [next] = [...timers].filter(([, timer]) => timer.at <= until).sort(([a, x], [b, y]) => x.at - y.at || a - b);
        if (!next) break;
        timers.delete(next[0]);
        now = Math.max(now, next[1].at);
        next[1].callback();
      }
      now = until;
      await settled();
    },
  };
}

/** Until promises and immediates have come to rest. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
