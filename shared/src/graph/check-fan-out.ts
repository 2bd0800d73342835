/**
 * How many documents one outcome can touch: every step that starts at once, and every join that learns that one of its ways is dead. A
 * commit has room for some hundreds, so what could need more is refused before it runs.
 */
import { type DefinitionGraph, successors } from './definition-graph.ts';
import { portOfEdge } from './ports.ts';
import type { PlacedEdge, PlacedNode } from './read-loosely.ts';
import { knownPorts, type ValidationContext } from './validation-context.ts';

/** Of the 400 that a commit may touch; the rest is for the branch itself, the execution, waits and the ends of loops. */
export const mostAtOnce = 380;

/** Edges that one document of a combining tree takes. */
const treeWidth = 16;

export function checkFanOut(context: ValidationContext): void {
  const { graph, list } = context;
  for (const node of graph.nodes.values()) {
    const count = Math.max(mostTouched(context, node), entriesOf(context, node));
    if (count > mostAtOnce) list.add('FAN_OUT_TOO_LARGE', `nodes[${node.index}]`, { count, limit: mostAtOnce });
  }
}

/** Steps that a loop starts at once for one item. */
function entriesOf({ graph, manifests }: ValidationContext, node: PlacedNode): number {
  if (manifests.get(node.type)?.container !== true) return 0;
  return (graph.children.get(node.id) ?? []).filter((id) => !graph.compensations.has(id) && !graph.incoming.has(id)).length;
}

/** The worst of the ports, and of leaving by none. */
function mostTouched(context: ValidationContext, node: PlacedNode): number {
  const edges = context.graph.outgoing.get(node.id) ?? [];
  if (edges.length === 0) return 0;
  const ports = knownPorts(context, node) ?? [];
  const outcomes: (string | null)[] = [...new Set(edges.map((edge) => portOfEdge(edge, ports))), null];
  const touched = outcomes.map((taken) => {
    const dead = edges.filter((edge) => portOfEdge(edge, ports) !== taken);
    return edges.length - dead.length + joinsTouched(context.graph, dead);
  });
  return Math.max(...touched);
}

/** Joins that stay alive although `dead` edges, and all that dies with them, lead to them; dead ends count for the tree of the end. */
function joinsTouched(graph: DefinitionGraph<PlacedNode, PlacedEdge>, dead: readonly PlacedEdge[]): number {
  const arrived = new Map<string, number>();
  const died = new Set<string>();
  const queue = dead.map((edge) => edge.to);
  let ends = 0;
  for (const id of queue) {
    if (died.has(id)) continue; // on a cycle, which is a problem of its own
    const count = (arrived.get(id) ?? 0) + 1;
    arrived.set(id, count);
    if (count < (graph.incoming.get(id) ?? []).length) continue;
    arrived.delete(id);
    died.add(id);
    const next = successors(graph, id);
    if (next.length === 0) ends += 1;
    queue.push(...next);
  }
  return arrived.size + (ends === 0 ? 0 : Math.ceil(ends / treeWidth) + 2);
}
