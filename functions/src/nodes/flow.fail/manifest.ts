import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  code: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'is upper case, for example OUT_OF_STOCK')
    .default('FAILED')
    .describe('Code that others can look for, in upper case'),
  message: z
    .union([z.string(), z.number(), z.boolean(), z.null()])
    .transform((message) => (message === null ? '' : String(message)))
    .pipe(z.string().max(10_000))
    .describe('What went wrong, for people'),
});

export const manifest: NodeManifest = {
  type: 'flow.fail',
  version: 1,
  title: 'Fail',
  description: 'Fails the execution on purpose, with a code and a message of your own.',
  icon: 'stop',
  kind: 'flow',
  params,
  ports: [],
  effect: 'pure',
  pool: 'branches',
  sample: { params: { code: 'OUT_OF_STOCK', message: 'Nothing left of {{ input.sku }}.' } },
};
