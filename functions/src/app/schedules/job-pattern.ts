/**
 * Which schedules a job of Cloud Scheduler can call for. It counts in minutes and reads unix-cron, a part of what we read: five fields of
 * numbers, names, lists, ranges and steps (https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules). Seconds, L, W, #, ?, nicknames
 * such as @hourly, Sunday as 7 and schedules with jitter are the tick's.
 */
import type { Schedule } from '@automateos/shared/model/schedule';

const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec';
const days = 'sun|mon|tue|wed|thu|fri|sat';
const fields = ['[0-9]{1,2}', '[0-9]{1,2}', '[0-9]{1,2}', `(?:[0-9]{1,2}|${months})`, `(?:[0-6]|${days})`].map(fieldPattern);

function fieldPattern(value: string): RegExp {
  const item = `(?:\\*(?:/[0-9]{1,2})?|${value}(?:-${value}(?:/[0-9]{1,2})?)?)`;
  return new RegExp(`^${item}(?:,${item})*$`, 'i');
}

/** null where there is none. The pattern has been validated. */
export function jobPattern(schedule: Pick<Schedule, 'cron' | 'jitterMs'>): string | null {
  if (schedule.jitterMs > 0) return null;
  const parts = schedule.cron.trim().split(/\s+/);
  const understood = parts.length === fields.length && fields.every((field, index) => field.test(parts[index] ?? ''));
  return understood ? parts.join(' ') : null;
}
