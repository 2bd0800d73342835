/** When an instant of a schedule is started: the instant itself, or later by a jitter that depends on nothing but schedule and instant. */
import { dueAt } from '@automateos/shared/engine/due';
import { nextInstant } from '@automateos/shared/model/cron-instants';
import { fromInstant } from '@automateos/shared/model/instant';
import type { Schedule } from '@automateos/shared/model/schedule';
import { digest } from '../digest.ts';

type Jittered = Pick<Schedule, 'id' | 'cron' | 'timeZone' | 'jitterMs'>;

/** Always before the instant that follows: no jitter can change the order of two instants, or hold one back until the next has come. */
export function startTime(schedule: Jittered, instantMs: number): number {
  if (schedule.jitterMs === 0) return instantMs;
  const next = nextInstant(schedule, instantMs);
  const room = next === null ? schedule.jitterMs : Math.min(schedule.jitterMs, next - instantMs);
  const fraction = Number.parseInt(digest('jitter', schedule.id, String(instantMs)).slice(0, 8), 16) / 2 ** 32;
  return instantMs + Math.floor(fraction * room);
}

/** The document with its `due`: what is decided or waits is due since its instant, so that each round of the scheduler looks at it. */
export function withDue(schedule: Schedule): Schedule {
  const times = [schedule.startingAt, schedule.waitingAt].flatMap((at) => (at === null ? [] : [fromInstant(at)]));
  if (schedule.nextAt !== null) times.push(startTime(schedule, fromInstant(schedule.nextAt)));
  return { ...schedule, due: times.length === 0 ? null : dueAt(schedule.id, Math.min(...times)) };
}
