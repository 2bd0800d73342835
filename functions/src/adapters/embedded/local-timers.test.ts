import { type Arrival, describeTimers } from '@automateos/shared/testing/timers.conformance';
import { createLocalTimers } from './local-timers.ts';
import { createSystemClock } from './system-clock.ts';

describeTimers('the timers of one process', async () => {
  const clock = createSystemClock();
  const arrivals: Arrival[] = [];
  let look = (): void => {};
  const publish = async (_pool: unknown, refs: readonly Arrival['ref'][]): Promise<void> => {
    for (const ref of refs) arrivals.push({ ref, atEpochMs: clock.now() });
    look();
  };
  return {
    timers: createLocalTimers({ clock, queue: { publish } }),
    now: () => clock.now(),
    arrived: (count) =>
      new Promise((resolve) => {
        look = () => arrivals.length >= count && resolve([...arrivals]);
        look();
      }),
    close: async () => {},
  };
});
