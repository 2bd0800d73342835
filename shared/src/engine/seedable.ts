/**
 * Which finished steps a fork may take over: those before `from` whose predecessors are all taken over too (or were skipped for reasons
 * that are taken over). Of another version only nodes that are the same there, with all their ancestors.
 */
import type { DefinitionNode } from '../model/definition.ts';
import { type Plan, planScope } from './plan.ts';

export type SeedRequest = {
  readonly source: Plan;
  readonly target: Plan;
  /** null: everything that has finished is taken over (retry on another version). */
  readonly from: string | null;
  readonly finished: ReadonlySet<string>;
};

export function seedableNodes({ source, target, from, finished }: SeedRequest): ReadonlySet<string> {
  const settled = new Set<string>();
  const seeds = new Set<string>();
  const cut = new Set(from === null ? [] : [from]);
  for (const id of inOrder(target)) {
    const node = target.nodes.get(id);
    if (!node || cut.has(id)) continue;
    if (!node.in.every((edge) => settled.has(edge.from)) || !isSame(source, target, id)) continue;
    settled.add(id);
    // A trigger's output is the execution's input, which the fork may replace: it is computed again.
    if (finished.has(id) && node.in.length > 0) seeds.add(id);
  }
  return seeds;
}

function inOrder(plan: Plan): readonly string[] {
  return [...planScope(plan, '').nodes].sort((a, b) => (plan.nodes.get(a)?.rank ?? 0) - (plan.nodes.get(b)?.rank ?? 0));
}

function isSame(source: Plan, target: Plan, id: string): boolean {
  if (source === target) return true;
  const before = source.nodes.get(id);
  const after = target.nodes.get(id);
  if (!before || !after) return false;
  const edges = (plan: Plan): string =>
    (plan.nodes.get(id)?.in ?? [])
      .map((edge) => edge.key)
      .sort()
      .join();
  return edges(source) === edges(target) && meaning(source, id) === meaning(target, id);
}

/** A node with the nodes of its body, without what only people read. */
function meaning(plan: Plan, id: string): string {
  const { nodes, edges } = plan.definition;
  const inside = new Set([id]);
  for (let size = 0; size !== inside.size; ) {
    size = inside.size;
    for (const node of nodes) if (node.parent !== undefined && inside.has(node.parent)) inside.add(node.id);
  }
  const plain = ({ label, notes, position, ...node }: DefinitionNode): object => node;
  const members = nodes.filter((node) => inside.has(node.id)).map(plain);
  const within = edges.filter((edge) => inside.has(edge.from) && inside.has(edge.to));
  return JSON.stringify([members, within]);
}
