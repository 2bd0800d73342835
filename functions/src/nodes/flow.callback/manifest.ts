import { definitionLimits } from '@automateos/shared/model/definition';
import { durationMs } from '@automateos/shared/model/duration';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  timeoutMs: durationMs(1, definitionLimits.maxWaitMs)
    .optional()
    .describe('After this time the port timeout is taken: milliseconds, or a duration such as "1h"; no limit when absent'),
});

export const manifest: NodeManifest = {
  type: 'flow.callback',
  version: 1,
  title: 'Wait for a callback',
  description:
    'Waits until its callback address is called and answers with the posted body. An earlier step hands the address out as {{ execution.callbackUrl("this node\'s id") }}.',
  icon: 'callback',
  kind: 'flow',
  params,
  output: z.json(),
  ports: ['main', 'timeout'],
  effect: 'control',
  pool: 'branches',
  sample: { params: { timeoutMs: '1h' }, output: { paid: true } },
};
