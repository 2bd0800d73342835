/** What a job's call does: fires its schedule, if it is due. A call for a schedule that is not to have a job takes the job away. */
import { fromInstant } from '@automateos/shared/model/instant';
import { paths } from '@automateos/shared/model/paths';
import type { ScheduleRef } from '@automateos/shared/ports/schedules';
import type { App } from '../app-context.ts';
import { hint } from './announce-jobs.ts';
import { fireSchedule } from './fire-schedule.ts';

export type FiredOne = { readonly started: number; readonly skipped: number };

/** A caller whose clock is ahead of ours by this is waited for. */
const earlyMs = 5_000;

export async function fireOneSchedule(app: App, ref: ScheduleRef): Promise<FiredOne> {
  const path = paths.schedule(ref.org, ref.scheduleId);
  const snapshot = await app.store.get(path);
  if (snapshot?.data.job !== true) await hint(app, ref, () => app.schedules.remove(ref));
  const due = snapshot?.data.due;
  if (snapshot === null || typeof due !== 'string') return { started: 0, skipped: 0 };
  const wait = fromInstant(due.slice(due.indexOf(':') + 1)) - app.clock.now();
  if (wait > earlyMs) return { started: 0, skipped: 0 };
  if (wait > 0) await app.clock.sleep(wait);
  const { started, skipped } = await fireSchedule(app, snapshot);
  return { started, skipped };
}
