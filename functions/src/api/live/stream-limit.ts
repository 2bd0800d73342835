/** How many streams one caller, and all together, may hold open in this process. */
import { AppError } from '@automateos/shared/model/app-error';

const limits = { caller: 64, all: 2_000 } as const;

export type StreamLimit = {
  /** Throws RATE_LIMITED; the result gives the place back, once. */
  enter(caller: string): () => void;
};

export function createStreamLimit(): StreamLimit {
  const open = new Map<string, number>();
  let all = 0;
  return {
    enter(caller) {
      const own = open.get(caller) ?? 0;
      if (own >= limits.caller || all >= limits.all) throw new AppError('RATE_LIMITED', { retryAfterSeconds: 10 });
      open.set(caller, own + 1);
      all += 1;
      let left = false;
      return () => {
        if (left) return;
        left = true;
        all -= 1;
        const rest = (open.get(caller) ?? 1) - 1;
        if (rest === 0) open.delete(caller);
        else open.set(caller, rest);
      };
    },
  };
}
