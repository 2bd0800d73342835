import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  workflows: z
    .array(z.string().min(1).max(200))
    .max(200)
    .optional()
    .describe(
      'Ids or names of the workflows whose failures start this one while it is active; every other workflow when absent. A workflow whose settings.errorWorkflow names this one reaches it in any case',
    ),
});

export const manifest: NodeManifest = {
  type: 'trigger.error',
  version: 1,
  title: 'Failed execution',
  description: 'Starts an execution when one of another workflow fails. Its output tells which, and why.',
  icon: 'alert',
  kind: 'trigger',
  params,
  output: z.object({
    execution: z.object({ id: z.string() }).catchall(z.json()),
    workflow: z.object({ id: z.string(), name: z.string() }).catchall(z.json()),
    error: z.object({ code: z.string(), message: z.string() }).catchall(z.json()),
  }),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: {
    params: {},
    output: {
      execution: { id: 'exe_1' },
      workflow: { id: 'wf_1', name: 'order-alert' },
      error: { code: 'HTTP_STATUS', message: 'The answer was 500.', nodeId: 'notify' },
    },
  },
};
