/**
 * Tells the platform's scheduler which jobs come and go with an activation. Hints, after the commit that they follow: one that fails must
 * not look like a failure of that commit, and one that is lost is put right by the tick.
 */
import type { Schedule } from '@automateos/shared/model/schedule';
import type { ScheduleJob, ScheduleRef } from '@automateos/shared/ports/schedules';
import type { App } from '../app-context.ts';
import { jobPattern } from './job-pattern.ts';

export type JobChanges = { readonly put: readonly ScheduleJob[]; readonly remove: readonly ScheduleRef[] };

/** Whoever waits for an activation does not wait for hundreds of calls; the rest is the tick's. */
const mostAtOnce = 20;

/** null for a schedule that is to have none. */
export function jobOf(schedule: Schedule): ScheduleJob | null {
  const cron = schedule.job ? jobPattern(schedule) : null;
  return cron === null ? null : { org: schedule.org, scheduleId: schedule.id, cron, timeZone: schedule.timeZone };
}

export function jobKey({ org, scheduleId }: ScheduleRef): string {
  return `${org}/${scheduleId}`;
}

export function sameJob(a: ScheduleJob | undefined, b: ScheduleJob): boolean {
  return a !== undefined && jobKey(a) === jobKey(b) && a.cron === b.cron && a.timeZone === b.timeZone;
}

/** From the schedules of a workflow as they were to those that are live now. */
export function jobChanges(before: readonly Schedule[], after: readonly Schedule[]): JobChanges {
  const wanted = after.flatMap((schedule) => jobOf(schedule) ?? []);
  const had = new Map(before.flatMap((schedule) => jobOf(schedule) ?? []).map((job) => [jobKey(job), job]));
  const kept = new Set(wanted.map(jobKey));
  return {
    put: wanted.filter((job) => !sameJob(had.get(jobKey(job)), job)),
    remove: [...had.values()].filter((job) => !kept.has(jobKey(job))).map(({ org, scheduleId }) => ({ org, scheduleId })),
  };
}

export async function announceJobs(app: App, { put, remove }: JobChanges): Promise<void> {
  const calls = [
    ...remove.map((ref) => ({ ref, make: () => app.schedules.remove(ref) })),
    ...put.map((job) => ({ ref: job, make: () => app.schedules.put(job) })),
  ];
  await Promise.all(calls.slice(0, mostAtOnce).map(({ ref, make }) => hint(app, ref, make)));
}

/** false when it failed, which has been logged. */
export async function hint(app: App, { org, scheduleId }: ScheduleRef, call: () => Promise<void>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    app.logger.warn('schedule-job-failed', { organization: org, schedule: scheduleId, reason: String(error) });
    return false;
  }
}
