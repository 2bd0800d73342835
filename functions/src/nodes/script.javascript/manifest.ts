import { ScriptParams, scriptStepTimeoutMs } from '@automateos/shared/expression/script-step';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

export const manifest: NodeManifest = {
  type: 'script.javascript',
  version: 1,
  title: 'JavaScript',
  description:
    'Runs JavaScript in a sandbox without network and files. What it returns is the output; what it logs is in the step.',
  icon: 'javascript',
  kind: 'script',
  params: ScriptParams,
  output: z.json(),
  ports: ['main'],
  effect: 'effect',
  pool: 'branches',
  rawParams: ['code'],
  defaultTimeoutMs: scriptStepTimeoutMs,
  sample: {
    params: {
      code: 'const paid = input.orders.filter((order) => order.paid);\nreturn { count: paid.length, total: sum(paid, "total") };',
    },
    output: { count: 2, total: 240 },
  },
};
