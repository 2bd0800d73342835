/** I8 and I11: what the outside world saw of effects, against what was committed before they began. */
import type { Definition } from '@automateos/shared/model/definition';
import { type Execution, isTerminal } from '@automateos/shared/model/execution';
import type { EffectLog } from './effects.ts';
import type { Journals } from './journals.ts';
import { epochMs } from './sim-app.ts';
import { hold } from './violation.ts';

export type EffectWatch = {
  readonly journals: Journals;
  readonly executionOf: (id: string) => Execution | null;
  readonly definitionOf: (execution: Execution) => Definition;
  readonly now: () => number;
  /** No process can be behind the others: none stalls, no answer is slow, all clocks agree. */
  readonly noZombies: boolean;
};

/** The longest lease that a step without crashes before it can have, rounding included. */
const leaseMs = 90_000;

export type Effects = EffectLog & { readonly begun: () => number };

export function watchEffects(watch: EffectWatch): Effects {
  const begun = new Map<string, number>();
  let total = 0;

  return {
    begun: () => total,
    begin(_process, { executionId, nodeId, idempotencyKey: key, attempt }) {
      total += 1;
      const step = watch.journals.byKey(key);
      const name = `${executionId}/${nodeId}`;
      hold('I11 keys', step !== undefined, () => `${name} runs under a key that stands for no step that was marked as started`);
      hold(
        'I11 keys',
        step.executionId === executionId && step.node === nodeId,
        () => `${name} runs under the key of ${step.executionId}/${step.node}`,
      );
      const execution = watch.executionOf(executionId);
      hold('I1 existence', execution !== null, () => `${name} runs without an execution`);
      const node = watch.definitionOf(execution).nodes.find(({ id }) => id === nodeId);
      const most = node?.delivery === 'at-most-once' ? 1 : (node?.retry?.maxAttempts ?? 1);
      hold('I8 attempts', attempt >= 1 && attempt <= most, () => `${name} begins attempt ${attempt} of ${most}`);
      const times = (begun.get(key) ?? 0) + 1;
      begun.set(key, times);
      if (node?.delivery === 'at-most-once')
        hold('at most once', times === 1, () => `${name} took effect ${times} times in generation ${step.generation}`);
      if (watch.noZombies) watchAfterwards(name, step.scope, { execution, generation: step.generation, nodeId });
      return step.generation;
    },
    end() {},
  };

  function watchAfterwards(name: string, scope: string, at: { execution: Execution; generation: number; nodeId: string }): void {
    const { execution, generation, nodeId } = at;
    const known = watch.journals.of(execution.id).finished(scope, nodeId);
    hold(
      'I11 effects',
      known === undefined || known.step.generation < generation,
      () => `${name} runs again after its outcome was committed`,
    );
    if (!isTerminal(execution.status) || execution.endedAt === null) return;
    const end = Date.parse(execution.endedAt) - epochMs + leaseMs;
    hold('I11 effects', watch.now() <= end, () => `${name} begins long after the execution has ${execution.status}`);
  }
}
