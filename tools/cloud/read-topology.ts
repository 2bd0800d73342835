/** infra/topology.json: the functions, topics, queues and jobs of the cloud, for Terraform, `npm run cloud` and tests alike. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const seconds = z.int().positive();
const delivery = { function: z.string(), ackDeadlineSeconds: seconds, minBackoffSeconds: seconds, maxBackoffSeconds: seconds };

const Topology = z.strictObject({
  prefix: z.string(),
  functions: z.record(
    z.string(),
    z.strictObject({
      public: z.boolean(),
      memoryMiB: z.int(),
      cpu: z.number(),
      concurrency: z.int(),
      maxInstances: z.int(),
      timeoutSeconds: seconds,
    }),
  ),
  topics: z.record(z.string(), z.strictObject({ ...delivery, maxDeliveryAttempts: z.int().min(5).max(100) })),
  deadLetters: z.strictObject({ ...delivery, suffix: z.string() }),
  queues: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), z.strictObject({ function: z.string(), cron: z.string(), path: z.string() })),
});
export type Topology = z.infer<typeof Topology>;

export function readTopology(): Topology {
  return Topology.parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../infra/topology.json'), 'utf8')));
}
