import { CronExpression, TimeZone } from '@automateos/shared/model/cron';
import { durationMs } from '@automateos/shared/model/duration';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  cron: CronExpression.describe(
    'When to start: minute, hour, day of month, month, day of week; with six fields the first is the second. 0 9 * * 1-5 is 9:00 on weekdays',
  ),
  timeZone: TimeZone.default('UTC').describe('IANA time zone the times are meant in, for example Europe/Berlin'),
  jitterMs: durationMs(0, 3_600_000)
    .optional()
    .describe('Each start is delayed by a random time up to this, milliseconds or a duration such as 30s'),
  overlap: z
    .enum(['skip', 'queue', 'allow'])
    .default('skip')
    .describe('What to do when the last scheduled execution still runs: leave this one out, start it afterwards, or run both'),
  missed: z
    .enum(['run-once', 'skip', 'run-all'])
    .default('run-once')
    .describe('What to do about times that passed while the platform was down'),
});

export const manifest: NodeManifest = {
  type: 'trigger.schedule',
  version: 1,
  title: 'Schedule',
  description: 'Starts an execution at the times of a cron expression, in a time zone of your choice.',
  icon: 'calendar',
  kind: 'trigger',
  params,
  output: z.object({ scheduledAt: z.string() }),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: { params: { cron: '0 9 * * 1-5', timeZone: 'Europe/Berlin' }, output: { scheduledAt: '2026-01-31T08:00:00.000Z' } },
};
