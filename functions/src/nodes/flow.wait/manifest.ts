import { definitionLimits } from '@automateos/shared/model/definition';
import { durationMs } from '@automateos/shared/model/duration';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z
  .strictObject({
    durationMs: durationMs(0, definitionLimits.maxWaitMs)
      .optional()
      .describe('How long to wait: milliseconds, or a duration such as "30s", "5m" or "2h"'),
    until: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('The instant to wait for, for example 2026-01-31T12:00:00Z; one that has passed goes on at once'),
  })
  .refine((wait) => (wait.durationMs === undefined) !== (wait.until === undefined), 'needs either durationMs or until');

export const manifest: NodeManifest = {
  type: 'flow.wait',
  version: 1,
  title: 'Wait',
  description: 'Pauses for a time or until an instant, up to a year. Waiting costs nothing and survives restarts.',
  icon: 'timer',
  kind: 'flow',
  params,
  output: z.object({ resumedAt: z.string() }),
  ports: ['main'],
  effect: 'control',
  pool: 'branches',
  sample: { params: { durationMs: '5m' }, output: { resumedAt: '2026-01-31T12:05:00.000Z' } },
};
