/** The order of compensations: reverse topological, and of a loop's items the later first. */
import { type Plan, planNode } from './plan.ts';
import { parseScope } from './scope.ts';

export type Undo = { readonly node: string; readonly scope: string; readonly of: string };

export function undoOrder<T extends Undo>(plan: Plan, undos: readonly T[]): T[] {
  return undos
    .map((undo) => ({ undo, key: keyOf(plan, undo) }))
    .sort((a, b) => compare(b.key, a.key))
    .map(({ undo }) => undo);
}

/** Rank and item from the outermost container inwards, then the rank of the step itself. */
function keyOf(plan: Plan, undo: Undo): readonly number[] {
  const key: number[] = [planNode(plan, undo.of).rank];
  for (let item = parseScope(undo.scope); item; item = parseScope(item.parent)) {
    key.unshift(planNode(plan, item.container).rank, item.index);
  }
  return key;
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const difference = (a[i] ?? -1) - (b[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
