import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

/** An effect that does nothing: what is left is the engine's own cost. */
export const manifest: NodeManifest = {
  type: 'bench.noop',
  version: 1,
  title: 'Nothing',
  description: 'An effect without effect, for benchmarks.',
  icon: 'dot',
  kind: 'integration',
  params: z.strictObject({ value: z.unknown() }),
  ports: ['main'],
  effect: 'effect',
  pool: 'branches',
};
