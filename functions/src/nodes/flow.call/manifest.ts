import { anyJson } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  workflow: z.string().min(1).max(200).describe('Id or name of the workflow to run'),
  input: anyJson('Input of the called execution; null when absent.').optional(),
  wait: z
    .boolean()
    .default(true)
    .describe(
      "Whether to wait for its end: its output is then this step's, and its failure too. Otherwise the output is {executionId}",
    ),
});

export const manifest: NodeManifest = {
  type: 'flow.call',
  version: 1,
  title: 'Call a workflow',
  description: 'Runs another workflow as a step of this one.',
  icon: 'workflow',
  kind: 'flow',
  params,
  output: z.json(),
  ports: ['main', 'error'],
  effect: 'control',
  pool: 'branches',
  sample: { params: { workflow: 'send-invoice', input: { orderId: '{{ input.orderId }}' } }, output: { sent: true } },
};
