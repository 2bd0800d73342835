/** The current time, ticking from one shared timer, so that a hundred "31 s ago" cost one interval. */
import { useSyncExternalStore } from 'react';

function createTicker(everyMs: number): { subscribe: (listener: () => void) => () => void; get: () => number } {
  const listeners = new Set<() => void>();
  let now = Date.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    subscribe(listener) {
      listeners.add(listener);
      timer ??= setInterval(() => {
        now = Date.now();
        for (const each of listeners) each();
      }, everyMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    get() {
      // Without a running timer the stored time is stale.
      if (timer === undefined && Date.now() - now > everyMs) now = Date.now();
      return now;
    },
  };
}

const ticker = createTicker(1_000);
const still = { subscribe: () => () => undefined, get: () => ticker.get() };

export function useNow(ticking = true): number {
  const source = ticking ? ticker : still;
  return useSyncExternalStore(source.subscribe, source.get);
}
