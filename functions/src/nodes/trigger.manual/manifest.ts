import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

export const manifest: NodeManifest = {
  type: 'trigger.manual',
  version: 1,
  title: 'Run by hand',
  description: 'Starts an execution from the console, the API or the command line. Its output is the input given there.',
  icon: 'play',
  kind: 'trigger',
  params: z.strictObject({}),
  ports: ['main'],
  effect: 'pure',
  pool: 'branches',
  sample: { params: {}, output: { orderId: 7 } },
};
