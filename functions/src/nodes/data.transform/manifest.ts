import { anyJson } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  expression: anyJson(
    'What to compute, for example {{ input.orders.filter(o => o.paid) }}; may be an object or list with expressions in it.',
    'expression',
  ),
});

export const manifest: NodeManifest = {
  type: 'data.transform',
  version: 1,
  title: 'Transform',
  description: 'Computes one value from earlier ones: filter, map, group, reshape. Its output is the result.',
  icon: 'transform',
  kind: 'data',
  params,
  output: z.json(),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: { params: { expression: '{{ input.orders.map(o => o.id) }}' }, output: [1, 2, 3] },
};
