import { anyJson } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  values: z
    .record(z.string().min(1).max(256), anyJson('A value'))
    .describe('Names and their values; each value may be an expression'),
});

export const manifest: NodeManifest = {
  type: 'data.set',
  version: 1,
  title: 'Set values',
  description: 'Computes named values for later steps.',
  icon: 'edit',
  kind: 'data',
  params,
  output: z.record(z.string(), z.json()),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: {
    params: { values: { total: '{{ input.price * input.count }}', currency: 'EUR' } },
    output: { total: 240, currency: 'EUR' },
  },
};
