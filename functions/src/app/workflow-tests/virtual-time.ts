/** Time of an isolated run: it stands still while anything works, and jumps to the next timer when nothing does, so that no wait is waited for. */
import type { Clock } from '@automateos/shared/ports/clock';

export type VirtualTime = Clock & {
  /** Lets the earliest timers go off; false where there are none, or they are beyond `until`. */
  jump(until: number): boolean;
};

/** `outer` only lends its turn of the event loop. */
export function createVirtualTime(startAt: number, outer: Pick<Clock, 'sleep'>): VirtualTime {
  let now = startAt;
  let serial = 0;
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>();

  function after(ms: number, callback: () => void): () => void {
    serial += 1;
    const id = serial;
    timers.set(id, { at: now + Math.max(0, ms), callback });
    return () => timers.delete(id);
  }

  return {
    now: () => now,
    after,
    sleep(ms, signal) {
      if (ms <= 0) return outer.sleep(0);
      return new Promise((resolve, reject) => {
        const cancel = after(ms, resolve);
        const onAbort = (): void => {
          cancel();
          reject(signal?.reason);
        };
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    jump(until) {
      let at = Number.POSITIVE_INFINITY;
      for (const timer of timers.values()) at = Math.min(at, timer.at);
      if (at > until) return false;
      now = Math.max(now, at);
      for (const [id, timer] of [...timers]) {
        if (timer.at > now || !timers.delete(id)) continue;
        timer.callback();
      }
      return true;
    },
  };
}
