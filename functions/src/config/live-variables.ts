/** How many live streams (SSE and WebSocket subscriptions) a process holds open: of one caller, of one organization, of all. */
import { z } from 'zod';
import { count } from './variable-kinds.ts';

const streams = count(1, 100_000);

export const liveVariables = {
  AUTOMATEOS_STREAMS_PER_CALLER: streams.default(64),
  AUTOMATEOS_STREAMS_PER_ORGANIZATION: streams.default(512),
  AUTOMATEOS_STREAMS: streams.default(2_000),
} as const;

const variables = z.object(liveVariables);

export function streamLimitsOf(config: z.infer<typeof variables>) {
  return {
    caller: config.AUTOMATEOS_STREAMS_PER_CALLER,
    organization: config.AUTOMATEOS_STREAMS_PER_ORGANIZATION,
    all: config.AUTOMATEOS_STREAMS,
  };
}
