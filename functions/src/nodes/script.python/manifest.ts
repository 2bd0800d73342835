import { ScriptParams, scriptStepTimeoutMs } from '@automateos/shared/expression/script-step';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

export const manifest: NodeManifest = {
  type: 'script.python',
  version: 1,
  title: 'Python',
  description:
    'Runs Python (Pyodide, the standard library) in a process without network and files. What it returns is the output; what it prints is in the step.',
  icon: 'python',
  kind: 'script',
  params: ScriptParams,
  output: z.json(),
  ports: ['main'],
  effect: 'effect',
  pool: 'branches',
  rawParams: ['code'],
  defaultTimeoutMs: scriptStepTimeoutMs,
  sample: {
    params: { code: 'paid = [order for order in input["orders"] if order["paid"]]\nreturn {"count": len(paid)}' },
    output: { count: 2 },
  },
};
