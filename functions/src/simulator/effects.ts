/**
 * `sim.effect`: an effect on a world outside that remembers every attempt. What it does follows from its params alone, so that a reference
 * interpreter can tell the outcome; what it records is what the invariants of effects are checked against.
 */
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import { StepError } from '@automateos/shared/model/step-error';
import type { NodeType, StepContext } from '@automateos/shared/ports/node-runtime';
import { z } from 'zod';
import { hashText } from './random.ts';
import type { Process, World } from './world.ts';

export const EffectParams = z.object({
  value: z.unknown().optional(),
  /** Attempts that fail before one succeeds. */
  fail: z.number().optional(),
  /** Fails for good, until a retry has raised the generation to `mended`. */
  final: z.boolean().optional(),
  mended: z.number().optional(),
  /** How long it takes, virtual ms. */
  ms: z.number().optional(),
  /** Kills the process that runs it. */
  poison: z.boolean().optional(),
  /** Answers with so many characters more than it must. */
  bulk: z.number().optional(),
});
export type EffectParams = z.infer<typeof EffectParams>;

export const effectManifest: NodeManifest = {
  type: 'sim.effect',
  version: 1,
  title: 'Effect',
  description: 'An effect on the simulated outside world.',
  icon: 'test',
  kind: 'integration',
  params: EffectParams,
  ports: ['main'],
  effect: 'effect',
  pool: 'branches',
};

/** Stands for a value that chance decides (which branch came first, when a wait ended): equal to everything. */
export const anyValue = '\u0000any';

export function effectOutput(nodeId: string, params: EffectParams): JsonValue {
  const text = canonical(params.value ?? null);
  if (text.includes('\\u0000any')) return anyValue;
  const output = `${nodeId}:${hashText(text).toString(36)}`;
  return params.bulk ? output + '.'.repeat(params.bulk) : output;
}

/** Keys in order, so that equal values have equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

export type EffectLog = {
  /** An attempt begins; answers the generation that the key stands for. Throws a violation where it must not run. */
  begin(process: Process, context: StepContext): number;
  end(context: StepContext): void;
};

export function effectTypeFor(process: Process, world: World, log: EffectLog): NodeType {
  return {
    kind: 'effect',
    manifest: effectManifest,
    async execute(context) {
      const { executionId, nodeId, attempt, signal } = context;
      const params: EffectParams = context.params as JsonObject; // parsed by the schema above
      const generation = await world.call(process, 'effect', `effect ${executionId} ${nodeId} #${attempt}`, () =>
        log.begin(process, context),
      );
      if (params.poison) {
        world.kill(process);
        return new Promise(() => {});
      }
      if (params.ms) await pause(process, world, params.ms, signal);
      if (params.final && generation < (params.mended ?? Number.POSITIVE_INFINITY)) {
        throw new StepError({ code: 'SIM_FINAL', message: 'fails for good', retryable: false });
      }
      if (attempt <= (params.fail ?? 0)) throw new StepError({ code: 'SIM_AGAIN', message: 'fails for now', class: '5xx' });
      await world.call(process, 'effect', `done ${executionId} ${nodeId}`, () => log.end(context));
      return { output: effectOutput(nodeId, params) };
    },
  };
}

function pause(process: Process, world: World, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const cancel = world.at(world.now() + ms, process, resolve);
    signal.addEventListener('abort', () => {
      cancel();
      reject(signal.reason);
    });
  });
}
