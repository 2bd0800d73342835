/**
 * The graph of a definition as maps, built once and asked often. Tolerant: edges may dangle, ids may repeat (the first node wins) and
 * names such as `constructor` are ordinary, so that half-finished drafts can be looked at too.
 */
import type { JsonObject } from '../model/json.ts';

export type GraphNode = {
  readonly id: string;
  readonly type: string;
  readonly params: JsonObject;
  readonly parent?: string | undefined;
  readonly compensate?: string | undefined;
  readonly disabled?: boolean | undefined;
};

export type GraphEdge = { readonly from: string; readonly to: string; readonly output?: string | undefined };

export type DefinitionGraph<N extends GraphNode = GraphNode, E extends GraphEdge = GraphEdge> = {
  /** In definition order. */
  readonly nodes: ReadonlyMap<string, N>;
  readonly outgoing: ReadonlyMap<string, readonly E[]>;
  readonly incoming: ReadonlyMap<string, readonly E[]>;
  /** Ids by container; '' is the root. Compensation nodes are in it too. */
  readonly children: ReadonlyMap<string, readonly string[]>;
  /** Ids that some node names as `compensate`: they run only to undo. */
  readonly compensations: ReadonlySet<string>;
};

export function buildGraph<N extends GraphNode, E extends GraphEdge>(tree: {
  readonly nodes: readonly N[];
  readonly edges: readonly E[];
}): DefinitionGraph<N, E> {
  const nodes = new Map<string, N>();
  for (const node of tree.nodes) if (!nodes.has(node.id)) nodes.set(node.id, node);
  const children = new Map<string, string[]>();
  const compensations = new Set<string>();
  for (const node of nodes.values()) {
    push(children, node.parent ?? '', node.id);
    if (node.compensate !== undefined) compensations.add(node.compensate);
  }
  const outgoing = new Map<string, E[]>();
  const incoming = new Map<string, E[]>();
  for (const edge of tree.edges) {
    if (!nodes.has(edge.from) || !nodes.has(edge.to)) continue;
    push(outgoing, edge.from, edge);
    push(incoming, edge.to, edge);
  }
  return { nodes, outgoing, incoming, children, compensations };
}

export function successors(graph: DefinitionGraph, id: string): readonly string[] {
  return (graph.outgoing.get(id) ?? []).map((edge) => edge.to);
}

export function predecessors(graph: DefinitionGraph, id: string): readonly string[] {
  return (graph.incoming.get(id) ?? []).map((edge) => edge.from);
}

/** Far more than a definition may have: deeper ones need not be told apart. */
const mostContainers = 64;

/** Containers around a node, innermost first; ends at an unknown parent, where the chain bites its own tail, or after the 64th. */
export function containersOf(graph: DefinitionGraph, id: string): readonly string[] {
  const chain: string[] = [];
  const seen = new Set([id]);
  for (
    let at = graph.nodes.get(id)?.parent;
    at !== undefined && graph.nodes.has(at) && !seen.has(at) && chain.length < mostContainers;
    at = graph.nodes.get(at)?.parent
  ) {
    chain.push(at);
    seen.add(at);
  }
  return chain;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
