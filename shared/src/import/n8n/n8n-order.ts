/** Nodes in an order in which each comes after those that lead to it; ways that lead back are told apart. A loop comes before its body, the body before what follows the loop. */
import type { N8nEdge, N8nGraph } from './n8n-graph.ts';
import type { Region } from './n8n-loops.ts';

export function orderOf(
  graph: N8nGraph,
  regions: ReadonlyMap<string, Region>,
): { readonly order: readonly string[]; readonly back: readonly N8nEdge[] } {
  const order: string[] = [];
  const back: N8nEdge[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const roots = [...graph.nodes.keys()].sort((a, b) => graph.into(a).length - graph.into(b).length);
  for (const root of roots) {
    if (state.has(root)) continue;
    const stack = [{ name: root, edges: edgesOf(graph, regions, root) }];
    state.set(root, 'open');
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const edge = top.edges.shift();
      if (edge === undefined) {
        state.set(top.name, 'done');
        order.unshift(top.name);
        stack.pop();
      } else if (state.get(edge.to) === 'open') {
        if (regions.get(edge.to)?.body.has(edge.from) !== true) back.push(edge);
      } else if (!state.has(edge.to)) {
        state.set(edge.to, 'open');
        stack.push({ name: edge.to, edges: edgesOf(graph, regions, edge.to) });
      }
    }
  }
  return { order, back };
}

/** What is visited first comes last in the order: so what follows a loop before its body, and later outputs before earlier. */
function edgesOf(graph: N8nGraph, regions: ReadonlyMap<string, Region>, name: string): N8nEdge[] {
  const body = regions.get(name)?.body;
  const inBody = ({ to }: N8nEdge): number => (body?.has(to) === true ? 1 : 0);
  return graph.outOf(name).toSorted((a, b) => inBody(a) - inBody(b) || b.output - a.output);
}
