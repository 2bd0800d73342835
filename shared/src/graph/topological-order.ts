/** Kahn's algorithm over the whole graph: every node after its predecessors, ties in definition order. */
import { type DefinitionGraph, predecessors, successors } from './definition-graph.ts';

export type TopologicalOrder = {
  readonly order: readonly string[];
  /** Nodes on a cycle or behind one; they are not in `order`. */
  readonly rest: ReadonlySet<string>;
};

export function topologicalOrder(graph: DefinitionGraph): TopologicalOrder {
  const missing = new Map([...graph.nodes.keys()].map((id) => [id, predecessors(graph, id).length]));
  const order = [...graph.nodes.keys()].filter((id) => missing.get(id) === 0);
  for (const id of order) {
    // `order` grows while it is walked: it is the queue as well as the answer.
    for (const next of successors(graph, id)) {
      const left = (missing.get(next) ?? 0) - 1;
      missing.set(next, left);
      if (left === 0) order.push(next);
    }
  }
  const done = new Set(order);
  return { order, rest: new Set([...graph.nodes.keys()].filter((id) => !done.has(id))) };
}
