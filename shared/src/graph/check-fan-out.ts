/**
 * How many documents one outcome can touch: every step that starts at once, and every join that learns that one of its ways is dead. A
 * commit has room for some hundreds, so what could need more is refused before it runs.
 */
import { createDeadWays } from './dead-ways.ts';
import { portOfEdge } from './ports.ts';
import type { PlacedNode } from './read-loosely.ts';
import { knownPorts, type ValidationContext } from './validation-context.ts';

/** Of the 400 that a commit may touch; the rest is for the branch itself, the execution, waits and the ends of loops. */
export const mostAtOnce = 380;

/** Edges that one document of a combining tree takes. */
const treeWidth = 16;

export function checkFanOut(context: ValidationContext): void {
  const { graph, list } = context;
  const deadWays = createDeadWays(graph);
  for (const node of graph.nodes.values()) {
    const count = Math.max(mostTouched(context, node, deadWays), entriesOf(context, node));
    if (count > mostAtOnce) list.add('FAN_OUT_TOO_LARGE', `nodes[${node.index}]`, { count, limit: mostAtOnce });
  }
}

/** Steps that a loop starts at once for one item. */
function entriesOf({ graph, manifests }: ValidationContext, node: PlacedNode): number {
  if (manifests.get(node.type)?.container !== true) return 0;
  return (graph.children.get(node.id) ?? []).filter((id) => !graph.compensations.has(id) && !graph.incoming.has(id)).length;
}

/** The worst of the ports, and of leaving by none. */
function mostTouched(context: ValidationContext, node: PlacedNode, deadWays: ReturnType<typeof createDeadWays>): number {
  const edges = context.graph.outgoing.get(node.id) ?? [];
  if (edges.length === 0) return 0;
  const known = knownPorts(context, node) ?? [];
  const ways = edges.map((edge) => ({ port: portOfEdge(edge, known), to: edge.to }));
  let worst = 0;
  for (const taken of [null, ...new Set(ways.map(({ port }) => port))].slice(0, mostOutcomes)) {
    const dead = ways.filter(({ port }) => port !== taken);
    // Dead ends count for the tree of the end.
    const { joins, ends } = deadWays(dead.map(({ to }) => to));
    worst = Math.max(worst, ways.length - dead.length + joins + (ends === 0 ? 0 : Math.ceil(ends / treeWidth) + 2));
  }
  return worst;
}

/** More than any type has ports: what is longer is a problem of the params. */
const mostOutcomes = 128;
