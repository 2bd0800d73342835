import { definitionLimits } from '@automateos/shared/model/definition';
import { durationMs } from '@automateos/shared/model/duration';
import { JsonSchemaValue } from '@automateos/shared/model/json-schema-shape';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  title: z.string().min(1).max(200).describe('What is asked, in one line'),
  description: z.string().max(10_000).optional().describe('What the person needs to know to decide'),
  assignees: z
    .array(z.string().min(1).max(320))
    .min(1)
    .max(50)
    .optional()
    .describe('E-mail addresses or user ids of those who may decide; every member who may run workflows when absent'),
  form: JsonSchemaValue.optional().describe('JSON Schema of data to be filled in with the decision'),
  timeoutMs: durationMs(1, definitionLimits.maxWaitMs)
    .optional()
    .describe('After this time the port timeout is taken: milliseconds, or a duration such as "2d"; no limit when absent'),
});

export const manifest: NodeManifest = {
  type: 'flow.approval',
  version: 1,
  title: 'Approval',
  description: 'Waits for a person to approve or reject, with a comment and, where a form is given, data.',
  icon: 'approval',
  kind: 'human',
  params,
  output: z.object({
    decision: z.enum(['approve', 'reject']),
    by: z.string(),
    comment: z.string().nullable(),
    data: z.json(),
  }),
  ports: ['approved', 'rejected', 'timeout'],
  effect: 'control',
  pool: 'branches',
  sample: {
    params: { title: 'Refund order {{ input.orderId }}?', timeoutMs: '2d' },
    output: { decision: 'approve', by: 'ada@example.com', comment: null, data: null },
  },
};
