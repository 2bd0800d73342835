/** How many streams one caller, one organization, and all together may hold open in this process. */
import { AppError } from '@automateos/shared/model/app-error';
import type { Principal } from '@automateos/shared/model/principal';

export type StreamLimits = { readonly caller: number; readonly organization: number; readonly all: number };

const defaultLimits: StreamLimits = { caller: 64, organization: 512, all: 2_000 };

export type StreamLimit = {
  /** Throws RATE_LIMITED; the result gives the place back, once. */
  enter(principal: Principal): () => void;
};

export function createStreamLimit(limits: StreamLimits = defaultLimits): StreamLimit {
  const open = new Map<string, number>();
  const count = (key: string): number => open.get(key) ?? 0;
  const add = (key: string, change: number): void => {
    const now = count(key) + change;
    if (now === 0) open.delete(key);
    else open.set(key, now);
  };
  return {
    enter({ org, userId }) {
      const places = [
        [`${org}/${userId}`, limits.caller],
        [org, limits.organization],
        ['', limits.all],
      ] as const;
      if (places.some(([key, limit]) => count(key) >= limit)) throw new AppError('RATE_LIMITED', { retryAfterSeconds: 10 });
      for (const [key] of places) add(key, 1);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        for (const [key] of places) add(key, -1);
      };
    },
  };
}
