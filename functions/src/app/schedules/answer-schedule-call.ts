/** What Cloud Scheduler calls the `schedule` function for: one schedule (the body of its job names it), or with an empty object the tick. */
import { AppError } from '@automateos/shared/model/app-error';
import type { JsonObject } from '@automateos/shared/model/json';
import { z } from 'zod';
import type { App } from '../app-context.ts';
import { fireOneSchedule } from './fire-one-schedule.ts';
import { tick } from './tick.ts';

/** Part of a document's path. */
const segment = z
  .string()
  .min(1)
  .max(512)
  .regex(/^[^/]+$/);
const OneSchedule = z.strictObject({ org: segment, scheduleId: segment });

/** Throws INVALID_PARAMS. */
export async function answerScheduleCall(app: App, body: JsonObject): Promise<void> {
  if (Object.keys(body).length === 0) return void (await tick(app));
  const call = OneSchedule.safeParse(body);
  if (!call.success) throw new AppError('INVALID_PARAMS', { reason: 'The call names neither one schedule nor nothing.' });
  await fireOneSchedule(app, call.data);
}
