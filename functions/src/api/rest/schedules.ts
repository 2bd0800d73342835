/** When a workflow will start by itself. */
import { MissedPolicy, ScheduleOverlap } from '@automateos/shared/model/schedule';
import { z } from 'zod';
import { type ListedSchedule, listSchedules } from '../../app/schedules/list-schedules.ts';
import { idParams } from '../http/query-params.ts';
import { type Route, route } from '../http/route.ts';
import type { RestContext } from './rest-context.ts';

const previewRuns = 5;

const ScheduleView = z
  .object({
    nodeId: z.string(),
    active: z.boolean(),
    version: z.int(),
    cron: z.string(),
    timeZone: z.string(),
    jitterMs: z.int(),
    overlap: ScheduleOverlap,
    missed: MissedPolicy,
    nextRuns: z.array(z.string()).describe('The next five instants, without jitter; fewer when the pattern ends'),
    lastAt: z.string().nullable().describe('The instant started last'),
    lastExecutionId: z.string().nullable(),
    wake: z
      .object({ by: z.enum(['job', 'tick', 'process']), monthlyMicroUsd: z.int() })
      .describe(
        'What finds it due: a Cloud Scheduler job of its own, at its list price a month, the minute tick that all others share, or this process',
      ),
    waitingAt: z.string().nullable().describe('With overlap "queue": the instant that waits for the running execution to end'),
  })
  .meta({ id: 'Schedule' });

function present({ schedule, active, nextRuns, wake }: ListedSchedule): z.infer<typeof ScheduleView> {
  const { nodeId, version, cron, timeZone, jitterMs, overlap, missed, lastAt, lastExecutionId, waitingAt } = schedule;
  return {
    ...{ nodeId, active, version, cron, timeZone, jitterMs, overlap, missed },
    ...{ nextRuns: [...nextRuns], lastAt, lastExecutionId, waitingAt, wake },
  };
}

export function scheduleRoutes({ app }: RestContext): readonly Route[] {
  return [
    route({
      ...{ method: 'get', path: '/v1/workflows/{id}/schedules', tag: 'Workflows', access: 'workflows.read' },
      summary: 'Read the schedules with their next runs',
      description: 'Of the active version; of the newest, as it would be, where none is active.',
      params: idParams,
      answers: { 200: { description: 'One for each trigger.schedule', schema: z.object({ items: z.array(ScheduleView) }) } },
      handle: async ({ principal, params }) => {
        const schedules = await listSchedules(app, principal, { workflowId: params.id, runs: previewRuns });
        return { status: 200, body: { items: schedules.map(present) } };
      },
    }),
  ];
}
