import { condition } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

export const manifest: NodeManifest = {
  type: 'flow.filter',
  version: 1,
  title: 'Filter',
  description: 'Goes on only where the condition holds; otherwise nothing follows and the steps behind it are skipped.',
  icon: 'filter',
  kind: 'flow',
  params: z.strictObject({ condition: condition('What must hold for the next steps to run.') }),
  output: z.object({ passed: z.boolean() }),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: { params: { condition: '{{ input.total > 100 }}' }, output: { passed: true } },
};
