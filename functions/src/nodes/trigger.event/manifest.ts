import { condition } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  type: z
    .string()
    .min(1)
    .max(256)
    .describe('Type of the events that start the workflow, for example order.created; * at the end matches any rest'),
  source: z.string().min(1).max(1_024).optional().describe('Only events from this source'),
  condition: condition('Only events for which this holds; `input` is the event.').optional(),
});

export const manifest: NodeManifest = {
  type: 'trigger.event',
  version: 1,
  title: 'Event',
  description: 'Starts an execution for every event of a type that is sent to the events address. Its output is the event.',
  icon: 'bolt',
  kind: 'trigger',
  params,
  output: z.object({ type: z.string(), source: z.string().optional(), data: z.json().optional() }),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: { params: { type: 'order.created' }, output: { type: 'order.created', source: 'shop', data: { orderId: 7 } } },
};
