/**
 * The live side of a trigger.schedule: one document per trigger of an active version, written in the commit that activates and deleted
 * in the one that deactivates. The scheduler fires what is due and moves `nextAt` on, under the document's version.
 */
import { z } from 'zod';

export const ScheduleOverlap = z.enum(['skip', 'queue', 'allow']);
export const MissedPolicy = z.enum(['run-once', 'skip', 'run-all']);

/** The params of trigger.schedule, defaults filled and durations read. */
export const SchedulePattern = z.object({
  cron: z.string(),
  timeZone: z.string(),
  jitterMs: z.int().default(0),
  overlap: ScheduleOverlap,
  missed: MissedPolicy,
});
export type SchedulePattern = z.infer<typeof SchedulePattern>;

export const Schedule = SchedulePattern.extend({
  /** `{workflowId}:{nodeId}` */
  id: z.string(),
  org: z.string(),
  workflowId: z.string(),
  nodeId: z.string(),
  version: z.int(),
  /** The cron instant to decide on next (without jitter); null when the pattern has none left. */
  nextAt: z.string().nullable(),
  /** The instant whose execution is decided: it is started, however often the scheduler crashes, before anything else is decided. */
  startingAt: z.string().nullable().default(null),
  /** overlap `queue`: the one instant that waits for the running execution to end. */
  waitingAt: z.string().nullable().default(null),
  /** `{shard}:{instant}`, when the scheduler must look at this document: jitter included; null when nothing is due. */
  due: z.string().nullable(),
  /** The instant started last; null before the first. */
  lastAt: z.string().nullable(),
  lastExecutionId: z.string().nullable().default(null),
  /** Whether a job of the platform's scheduler calls for it (ports/schedules.ts); without one it is found by whoever looks at all. */
  job: z.boolean().default(false),
});
export type Schedule = z.infer<typeof Schedule>;

export function scheduleId(workflowId: string, nodeId: string): string {
  return `${workflowId}:${nodeId}`;
}
