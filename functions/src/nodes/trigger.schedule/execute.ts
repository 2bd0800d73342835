import { isJsonObject } from '@automateos/shared/model/json';
import type { Evaluate } from '@automateos/shared/ports/node-runtime';

/** Started by its schedule it answers when that was; started by hand (a test run), whatever came as input may lack it. */
export const evaluate: Evaluate = ({ input }) => {
  const scheduledAt = isJsonObject(input) ? input.scheduledAt : undefined;
  return { output: { scheduledAt: scheduledAt ?? null } };
};
