/**
 * Which of the schedules that go live are called for by a job of their own: those whose pattern a job can have, as long as there is room.
 * Who has one keeps it. The limit is soft: activations at the same time may pass it by a few, which reconciliation puts right.
 */
import type { Schedule } from '@automateos/shared/model/schedule';
import type { DocumentStore } from '@automateos/shared/ports/document-store';
import type { App } from '../app-context.ts';
import { jobPattern } from './job-pattern.ts';

/** `job` of what comes in: whether the schedule has had one so far. */
export async function placeJobs(app: Pick<App, 'schedules' | 'store'>, schedules: readonly Schedule[]): Promise<Schedule[]> {
  const { jobLimit } = app.schedules;
  const fits = (schedule: Schedule): boolean => jobLimit > 0 && jobPattern(schedule) !== null;
  const asking = schedules.some((schedule) => fits(schedule) && !schedule.job);
  let room = asking ? jobLimit - (await countJobs(app.store)) : 0;
  return schedules.map((schedule) => {
    if (!fits(schedule)) return { ...schedule, job: false };
    if (schedule.job) return schedule;
    room -= 1;
    return { ...schedule, job: room >= 0 };
  });
}

function countJobs(store: DocumentStore): Promise<number> {
  return store.count({ collection: 'schedules', group: true, where: [['job', '==', true]] });
}
