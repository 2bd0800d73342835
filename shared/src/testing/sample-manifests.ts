/** Node types for tests of the graph and the engine, which must not know the real ones. */
import { z } from 'zod';
import { anyJson, condition } from '../model/any-json.ts';
import type { NodeManifest } from '../model/node-manifest.ts';

const base = { version: 1, title: 'T', description: 'D', icon: 'i', kind: 'data', pool: 'branches' } as const;

const manifests: readonly NodeManifest[] = [
  { ...base, type: 'trigger.manual', kind: 'trigger', params: z.strictObject({}), ports: ['main'], effect: 'pure' },
  {
    ...base,
    type: 'data.set',
    params: z.strictObject({ values: z.record(z.string(), anyJson('A value')) }),
    ports: ['main'],
    effect: 'pure',
  },
  {
    ...base,
    type: 'flow.if',
    params: z.strictObject({ condition: condition('What decides.') }),
    ports: ['true', 'false'],
    effect: 'pure',
  },
  {
    ...base,
    type: 'test.call',
    params: z.strictObject({ url: z.string(), count: z.int().optional(), code: z.string().optional() }),
    ports: ['main'],
    effect: 'effect',
    rawParams: ['code'],
  },
  {
    ...base,
    type: 'flow.for-each',
    params: z.strictObject({ items: z.array(anyJson('An item')) }),
    ports: ['main'],
    effect: 'control',
    container: true,
  },
  {
    ...base,
    type: 'flow.while',
    params: z.strictObject({ condition: condition('Tested before every round.') }),
    ports: ['main'],
    effect: 'control',
    container: true,
    lazyParams: ['condition'],
  },
  {
    ...base,
    type: 'test.throwing',
    params: z.strictObject({}),
    ports: () => {
      throw new RangeError('these params were not expected');
    },
    effect: 'pure',
  },
];

export const sampleManifests: ReadonlyMap<string, NodeManifest> = new Map(manifests.map((manifest) => [manifest.type, manifest]));
