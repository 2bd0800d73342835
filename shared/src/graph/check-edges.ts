/** Each edge by itself: both ends exist, the port exists, it is no double, stays inside one loop's body and leads into no trigger. */
import { portOfEdge } from './ports.ts';
import type { PlacedEdge, PlacedNode } from './read-loosely.ts';
import { isTrigger, knownPorts, type ValidationContext } from './validation-context.ts';

export function checkEdges(context: ValidationContext): void {
  const { tree, graph, list } = context;
  const seen = new Map<string, PlacedEdge>();
  for (const edge of tree.edges) {
    const from = graph.nodes.get(edge.from);
    const to = graph.nodes.get(edge.to);
    for (const end of ['from', 'to'] as const) {
      if (graph.nodes.has(edge[end])) continue;
      list.add('UNKNOWN_NODE', `edges[${edge.index}].${end}`, { id: edge[end] }, list.nearest(edge[end], graph.nodes.keys()));
    }
    if (from) checkPort(context, edge, from);
    if (!from || !to) continue;
    checkEnds(context, edge, from, to);

    const port = portOfEdge(edge, knownPorts(context, from) ?? []);
    const key = JSON.stringify([edge.from, port, edge.to]);
    const first = seen.get(key);
    if (first) list.add('DUPLICATE_EDGE', `edges[${edge.index}]`, { first: first.index });
    else seen.set(key, edge);
  }
}

function checkPort(context: ValidationContext, edge: PlacedEdge, from: PlacedNode): void {
  const { list } = context;
  const ports = knownPorts(context, from);
  if (ports === null || (edge.output === undefined ? ports.length > 0 : ports.includes(edge.output))) return;
  const port = edge.output ?? 'main';
  const path = edge.output === undefined ? `edges[${edge.index}].from` : `edges[${edge.index}].output`;
  list.add('UNKNOWN_PORT', path, { id: from.id, port, ports: ports.join(', ') || 'none' }, list.nearest(port, ports));
}

function checkEnds(context: ValidationContext, edge: PlacedEdge, from: PlacedNode, to: PlacedNode): void {
  const { list } = context;
  const path = `edges[${edge.index}]`;
  if (edge.from === edge.to) {
    list.add('SELF_EDGE', path, { id: edge.from });
    return;
  }
  if (isTrigger(context, to)) list.add('EDGE_INTO_TRIGGER', `${path}.to`, { id: to.id });
  if (from.parent !== to.parent) {
    const [fromPlace, toPlace] = [from, to].map(({ parent }) => (parent === undefined ? 'outside' : `inside ${parent}`));
    list.add('EDGE_CROSSES_CONTAINER', path, { from: from.id, to: to.id, fromPlace: fromPlace ?? '', toPlace: toPlace ?? '' });
  }
}
