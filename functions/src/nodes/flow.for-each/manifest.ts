import { defaultConcurrency, maxConcurrency } from '@automateos/shared/engine/loops';
import { anyJson } from '@automateos/shared/model/any-json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  items: z
    .array(anyJson('An item'))
    .describe(
      'The list to go through, for example {{ steps.fetch.output.body.orders }}; evaluated once. In the body, item is the current one and index its number from 0',
    )
    .meta({ 'x-hint': 'expression' }),
  concurrency: z
    .int()
    .min(1)
    .max(maxConcurrency)
    .default(defaultConcurrency)
    .describe('How many items are worked on at the same time'),
  onItemError: z
    .enum(['fail', 'collect'])
    .default('fail')
    .describe('fail stops at the first item that fails; collect works on all of them and lists the errors'),
});

export const manifest: NodeManifest = {
  type: 'flow.for-each',
  version: 1,
  title: 'For each',
  description: 'Runs the steps inside it once for every item of a list, several at a time. Results keep the order of the items.',
  icon: 'loop',
  kind: 'flow',
  params,
  output: z.object({ items: z.array(z.json()), errors: z.array(z.json()) }),
  ports: ['main', 'error'],
  effect: 'control',
  pool: 'branches',
  container: true,
  sample: { params: { items: '{{ input.orders }}', concurrency: 10 }, output: { items: [{ ok: true }], errors: [] } },
};
