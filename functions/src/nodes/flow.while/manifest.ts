import { condition } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  condition: condition('Tested before every round; it may look at what the round before it computed.'),
  maxIterations: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe('Rounds after which the step fails, so that nothing runs for ever'),
});

export const manifest: NodeManifest = {
  type: 'flow.while',
  version: 1,
  title: 'While',
  description: 'Repeats the steps inside it as long as the condition holds.',
  icon: 'repeat',
  kind: 'flow',
  params,
  output: z.object({ iterations: z.int(), last: z.json() }),
  ports: ['main', 'error'],
  effect: 'control',
  pool: 'branches',
  container: true,
  lazyParams: ['condition'],
  sample: {
    params: { condition: '{{ !steps.poll.output.body.done }}', maxIterations: 100 },
    output: { iterations: 3, last: { done: true } },
  },
};
