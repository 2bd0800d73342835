import { condition } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

export const manifest: NodeManifest = {
  type: 'flow.if',
  version: 1,
  title: 'If',
  description: 'Takes one of two ways: true where the condition holds, false where it does not.',
  icon: 'branch',
  kind: 'flow',
  params: z.strictObject({ condition: condition('What decides the way.') }),
  output: z.object({ branch: z.enum(['true', 'false']) }),
  ports: ['true', 'false'],
  effect: 'pure',
  pool: 'branches',
  sample: { params: { condition: '{{ input.total > 100 }}' }, output: { branch: 'true' } },
};
