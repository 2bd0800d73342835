/** The real node types, and effects that a test controls: `test.effect` records every attempt and does what the test says. */
import { join } from 'node:path';
import type { JsonValue } from '@automateos/shared/model/json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import type { NodeType, NodeTypes, StepContext, StepResult } from '@automateos/shared/ports/node-runtime';
import { z } from 'zod';
import { loadNodeTypes } from '../adapters/node-types/load-node-types.ts';

export type Attempt = { readonly nodeId: string; readonly key: string; readonly attempt: number; readonly params: JsonValue };

export type TestEffects = {
  readonly attempts: Attempt[];
  /** Decides an attempt; default: the params' `value`. */
  behave: (context: StepContext) => Promise<StepResult> | StepResult;
};

const manifest: NodeManifest = {
  type: 'test.effect',
  version: 1,
  title: 'Effect',
  description: 'An effect that the test controls.',
  icon: 'test',
  kind: 'integration',
  params: z.object({ value: z.unknown() }),
  ports: ['main'],
  effect: 'effect',
  pool: 'branches',
};

export async function testNodeTypes(): Promise<{ types: NodeTypes; effects: TestEffects }> {
  const real = await loadNodeTypes({ folders: [join(import.meta.dirname, '../nodes')] });
  const effects: TestEffects = {
    attempts: [],
    behave: ({ params }) => ({ output: params.value ?? null }),
  };
  const effect: NodeType = {
    kind: 'effect',
    manifest,
    async execute(context) {
      const { nodeId, idempotencyKey, attempt, params } = context;
      effects.attempts.push({ nodeId, key: idempotencyKey, attempt, params });
      return effects.behave(context);
    },
  };
  return { types: new Map([...real, ['test.effect', effect]]), effects };
}
