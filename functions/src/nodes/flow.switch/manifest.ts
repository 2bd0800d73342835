import { condition } from '@automateos/shared/model/any-json';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { z } from 'zod';

const params = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(/^[A-Za-z0-9_-]{1,64}$/, 'has 1 to 64 letters, digits, _ or -')
          .refine((name) => name !== 'default' && name !== 'error', 'default and error are taken')
          .describe('Name of the way, and of the port'),
        when: condition('What must hold for this way.'),
      }),
    )
    .min(1)
    .max(64)
    .refine((cases) => new Set(cases.map((one) => one.name)).size === cases.length, 'two cases have the same name')
    .describe('Tried in order; the first that holds is taken, and default where none does'),
});

/** Reads the names from params as written, which may be half-finished in a draft. */
function portNames({ cases }: JsonObject): readonly string[] {
  const names = Array.isArray(cases) ? cases.map((one) => (isJsonObject(one) ? one.name : undefined)) : [];
  return [...names.filter((name) => typeof name === 'string'), 'default'];
}

export const manifest: NodeManifest = {
  type: 'flow.switch',
  version: 1,
  title: 'Switch',
  description: 'Takes the way of the first case that holds, and default where none does.',
  icon: 'switch',
  kind: 'flow',
  params,
  output: z.object({ branch: z.string() }),
  ports: portNames,
  effect: 'pure',
  pool: 'branches',
  sample: {
    params: {
      cases: [
        { name: 'large', when: '{{ input.total > 100 }}' },
        { name: 'small', when: '{{ input.total > 0 }}' },
      ],
    },
    output: { branch: 'large' },
  },
};
