/** What one organization may use; null = as much as it likes. */
import { z } from 'zod';

const limit = z.int().min(0).max(1e15).nullable();

export const quotaNames = [
  'executionsPerDay',
  'concurrentExecutions',
  'storedBytes',
  'schedules',
  'workflows',
  'members',
  'apiKeys',
] as const;
export type QuotaName = (typeof quotaNames)[number];

export const Quotas = z.strictObject({
  /** Started, in a day by UTC. */
  executionsPerDay: limit.default(null),
  /** Not finished, those that wait included. */
  concurrentExecutions: limit.default(null),
  /** Estimated, see functions/src/app/quotas. */
  storedBytes: limit.default(null),
  /** Schedule triggers that are live. */
  schedules: limit.default(null),
  workflows: limit.default(null),
  /** Invitations that are open count. */
  members: limit.default(null),
  apiKeys: limit.default(null),
});
export type Quotas = z.infer<typeof Quotas>;

/** Of one organization, where they differ from the installation's. */
export const QuotaOverrides = z.object({
  limits: z.partialRecord(z.enum(quotaNames), limit),
  updatedAt: z.string(),
  updatedBy: z.string(),
});
export type QuotaOverrides = z.infer<typeof QuotaOverrides>;
