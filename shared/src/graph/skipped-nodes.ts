/**
 * Dead paths: which nodes of a scope can no longer run, told from the steps that have finished. The engine decides by its journal; this is
 * the same rule for those who only look at an execution (API, console).
 *
 * An edge is dead when its node is skipped, or left by another port. A node is skipped when it has incoming edges and all are dead;
 * whatever is inside a skipped container is skipped with it.
 */
import { type DefinitionGraph, type GraphEdge, type GraphNode, successors } from './definition-graph.ts';
import { portOfEdge } from './ports.ts';
import { reachableFrom } from './reachability.ts';
import { topologicalOrder } from './topological-order.ts';

export type FinishedSteps = {
  readonly graph: DefinitionGraph;
  /** Container whose body is looked at; '' for the whole definition. */
  readonly scope: string;
  /** Port by node id for every finished step of the scope; null for "nothing follows". Failed steps that routed nothing are absent. */
  readonly taken: ReadonlyMap<string, string | null>;
  /** Where the execution started: at the root, every other entry is skipped. */
  readonly trigger?: string;
  readonly portsOf: (node: GraphNode) => readonly string[];
};

export function skippedNodes({ graph, scope, taken, trigger, portsOf }: FinishedSteps): ReadonlySet<string> {
  const skipped = new Set<string>();
  const isDead = (edge: GraphEdge): boolean => {
    if (skipped.has(edge.from)) return true;
    const port = taken.get(edge.from);
    const node = graph.nodes.get(edge.from);
    return port !== undefined && node !== undefined && portOfEdge(edge, portsOf(node)) !== port;
  };
  for (const id of topologicalOrder(graph).order) {
    const node = graph.nodes.get(id);
    if (!node || (node.parent ?? '') !== scope || taken.has(id) || graph.compensations.has(id)) continue;
    const edges = graph.incoming.get(id) ?? [];
    const notStarted = edges.length === 0 && scope === '' && trigger !== undefined && id !== trigger;
    if (notStarted || (edges.length > 0 && edges.every(isDead))) skipped.add(id);
  }
  return reachableFrom(skipped, (id) => graph.children.get(id) ?? []);
}

/** Every node that comes after `id` in its scope or inside it: what a fork from `id` runs again. */
export function nodesFrom(graph: DefinitionGraph, id: string): ReadonlySet<string> {
  return reachableFrom([id], (at) => [...successors(graph, at), ...(graph.children.get(at) ?? [])]);
}
