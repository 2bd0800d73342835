/** Cron expressions and time zones as params. Checking needs no clock: "never" is looked for among fixed years. */
import { Cron } from 'croner';
import { z } from 'zod';

const from = new Date('2024-01-01T00:00:00Z');
/** What the calendar has at all it has among these: a leap day on a given day of the week comes back within 40 years. */
const years = '2024-2083';

/** What is wrong with a cron expression, or null. Five fields, six with seconds first, or @hourly and its like. */
export function cronFault(expression: string): string | null {
  const text = expression.trim();
  if (!text.startsWith('@') && ![5, 6].includes(text.split(/\s+/).length)) {
    return 'A cron expression has five fields (minute, hour, day of month, month, day of week), or six with the second first';
  }
  try {
    new Cron(text, { paused: true, mode: '5-or-6-parts' });
    return text.startsWith('@') || hasDay(text) ? null : 'No time ever fits this cron expression';
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
}

/** Every day has every time of day, so its date decides; a search for the time itself would go through four centuries in vain. */
function hasDay(text: string): boolean {
  const date = text.split(/\s+/).slice(-3).join(' ');
  return new Cron(`0 0 0 ${date} ${years}`, { paused: true, mode: '7-part' }).nextRun(from) !== null;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // a RangeError is the only way Intl says no
  }
}

export const CronExpression = z
  .string()
  .min(1)
  .max(256)
  .superRefine((text, context) => {
    const fault = cronFault(text);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault, params: { code: 'INVALID_CRON' } });
  });

export const TimeZone = z
  .string()
  .min(1)
  .max(64)
  .superRefine((name, context) => {
    if (!isTimeZone(name))
      context.addIssue({ code: 'custom', message: `There is no time zone ${name}`, params: { code: 'INVALID_TIME_ZONE', name } });
  });
