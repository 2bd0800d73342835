/** I11: what the outside saw against what is stored. */
import { digest } from '../../app/digest.ts';
import { isOver } from '../../simulator/watch-commits.ts';
import type { Case, Evidence } from './evidence.ts';
import { stepName } from './judge-documents.ts';

type StoredStep = { readonly execution: string; readonly node: string; readonly name: string; readonly atMostOnce: boolean };

export type EffectFaults = {
  readonly shared: readonly string[];
  readonly unknown: readonly string[];
  readonly missing: readonly string[];
  readonly repeated: readonly string[];
};

export function judgeEffects({ effects, planOf }: Evidence, cases: Iterable<Case>): EffectFaults {
  const known = new Map<string, StoredStep>();
  const missing: string[] = [];
  for (const { execution, branches } of cases) {
    const plan = planOf(execution);
    for (const step of branches.flatMap(({ data }) => data.steps)) {
      const node = plan.nodes.get(step.node);
      if (node?.type !== 'http.request' || node.disabled) continue;
      // a retry gives a failed step the next generation: what the earlier ones did was seen too
      for (let generation = 1; generation <= step.generation; generation += 1) {
        const key = keyOf(execution.org, execution.id, step, generation);
        const name = `${execution.id} ${stepName({ ...step, generation })}`;
        known.set(key, { execution: execution.id, node: step.node, name, atMostOnce: node.atMostOnce });
        if (generation === step.generation && isOver(step) && step.status === 'succeeded' && !effects.has(key))
          missing.push(name);
      }
    }
  }
  const shared: string[] = [];
  const unknown: string[] = [];
  const repeated: string[] = [];
  for (const [key, { execution, node, count, strangers }] of effects) {
    const step = known.get(key);
    if (strangers.length > 0) shared.push(`${key}: ${execution} ${node} and ${strangers.join(', ')}`);
    if (!step || step.execution !== execution || step.node !== node) unknown.push(`${execution} ${node} under ${key}`);
    if (step?.atMostOnce && count > 1) repeated.push(`${step.name}: ${count} times`);
  }
  return { shared, unknown, missing, repeated };
}

/** As P3 says it is derived. */
export function keyOf(org: string, executionId: string, step: { scope: string; node: string }, generation: number): string {
  return digest(org, executionId, step.scope, step.node, String(generation), '').slice(0, 40);
}
