/**
 * The live side of a trigger.schedule: one document per trigger of an active version, written in the commit that activates and deleted
 * in the one that deactivates. The scheduler fires what is due and moves `nextAt` on, under the document's version.
 */
import { z } from 'zod';

export const Schedule = z.object({
  /** `{workflowId}:{nodeId}` */
  id: z.string(),
  org: z.string(),
  workflowId: z.string(),
  nodeId: z.string(),
  version: z.int(),
  cron: z.string(),
  timeZone: z.string(),
  jitterMs: z.int(),
  overlap: z.enum(['skip', 'queue', 'allow']),
  missed: z.enum(['run-once', 'skip', 'run-all']),
  /** The cron instant to fire next (without jitter); null when the pattern has none left. */
  nextAt: z.string().nullable(),
  /** `{shard}:{instant}`, jitter included; null when nothing is due. */
  due: z.string().nullable(),
  /** The instant fired last; null before the first. */
  lastAt: z.string().nullable(),
});
export type Schedule = z.infer<typeof Schedule>;

export function scheduleId(workflowId: string, nodeId: string): string {
  return `${workflowId}:${nodeId}`;
}
