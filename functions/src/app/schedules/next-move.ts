/**
 * What a schedule does next; pure. Three kinds of instants are due: those on time, those that passed while nobody looked (`missed`
 * says what becomes of them), and those that meet a running execution (`overlap` says so).
 *
 *   missed   run-once  the newest of them is started, none where one that is on time stands for them
 *            skip      none is started
 *            run-all   each is started in its order, the newest `catchUpLimit` of them
 *   overlap  skip      the instant is left out
 *            queue     it waits; while one waits, others are left out
 *            allow     it is started
 */
import { newestInstants, nextInstant } from '@automateos/shared/model/cron-instants';
import { fromInstant, toInstant } from '@automateos/shared/model/instant';
import type { Schedule } from '@automateos/shared/model/schedule';
import { startTime } from './due-time.ts';

/** A schedule that is looked at once a minute is on time. */
export const onTimeMs = 60_000;

/** After a longer pause older instants are gone, whatever the policy: nobody means a year of them. */
export const catchUpLimit = 100;

export type Move = { readonly schedule: Schedule; readonly outcome: 'start' | 'wait' | 'skip' };

/** null when nothing is due. Call it only with `startingAt` null; `running`: an execution of this schedule has not ended. */
export function nextMove(schedule: Schedule, now: number, running: boolean): Move | null {
  const due = dueInstants(schedule, now);
  const newest = due.at(-1);
  if (newest === undefined) return null;
  const taken = takenOf(schedule, due, now);
  const next = nextInstant(schedule, taken ?? newest);
  const moved = { ...schedule, nextAt: next === null ? null : toInstant(next) };
  if (taken === undefined) return { schedule: moved, outcome: 'skip' };
  if (!running || schedule.overlap === 'allow') return { schedule: { ...moved, startingAt: toInstant(taken) }, outcome: 'start' };
  if (schedule.overlap === 'skip' || schedule.waitingAt !== null) return { schedule: moved, outcome: 'skip' };
  return { schedule: { ...moved, waitingAt: toInstant(taken) }, outcome: 'wait' };
}

function dueInstants(schedule: Schedule, now: number): readonly number[] {
  if (schedule.nextAt === null) return [];
  const fromMs = fromInstant(schedule.nextAt);
  if (fromMs > now) return [];
  const passed = newestInstants(schedule, { fromMs, toMs: now }, catchUpLimit);
  const last = passed.at(-1);
  return last !== undefined && startTime(schedule, last) > now ? passed.slice(0, -1) : passed;
}

/** The instant of the list that is started, if any; those before it are passed over. */
function takenOf(schedule: Schedule, due: readonly number[], now: number): number | undefined {
  const onTime = due.find((at) => startTime(schedule, at) >= now - onTimeMs);
  switch (schedule.missed) {
    case 'run-all':
      return due[0];
    case 'skip':
      return onTime;
    case 'run-once':
      return onTime ?? due.at(-1);
    default:
      return schedule.missed satisfies never;
  }
}
