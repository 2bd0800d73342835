import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  mode: z
    .enum(['all', 'any'])
    .default('all')
    .describe('all waits for every way that was taken; any goes on with the first one to arrive'),
});

export const manifest: NodeManifest = {
  type: 'flow.merge',
  version: 1,
  title: 'Merge',
  description: 'Brings parallel ways together. Its output holds the outputs of the steps that led here, by node id.',
  icon: 'merge',
  kind: 'flow',
  params,
  output: z.record(z.string(), z.json()),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: { params: { mode: 'all' }, output: { stock: { left: 3 }, price: { total: 120 } } },
};
