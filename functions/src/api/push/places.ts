/**
 * How many pushes an instance works on at a time, where nothing before it counts (Cloud Run does). Whoever comes above that waits with its
 * body unread for a place, in order, and is told to come back when none has become free in time.
 */
import { AppError } from '@automateos/shared/model/app-error';
import type { Clock } from '@automateos/shared/ports/clock';

export type Places = {
  /** Resolves with the function that gives the place back, to be called once. Throws UNAVAILABLE. */
  enter(): Promise<() => void>;
};

export function createPlaces(options: { readonly places: number; readonly patienceMs: number; readonly clock: Clock }): Places {
  const { places, patienceMs, clock } = options;
  const waiting = new Set<() => void>();
  let taken = 0;

  function leave(): void {
    const [next] = waiting;
    if (next === undefined) taken -= 1;
    else next(); // the place goes from hand to hand
  }

  return {
    async enter() {
      if (taken < places) {
        taken += 1;
        return leave;
      }
      await new Promise<void>((resolve, reject) => {
        const cancel = clock.after(patienceMs, () => {
          waiting.delete(take);
          reject(new AppError('UNAVAILABLE', { reason: 'this instance has as much work as it can take.' }));
        });
        const take = (): void => {
          waiting.delete(take);
          cancel();
          resolve();
        };
        waiting.add(take);
      });
      return leave;
    },
  };
}
