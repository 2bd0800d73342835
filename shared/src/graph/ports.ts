/** The ports that edges can leave a node by: those of its manifest, and `error` for every effectful type. */
import type { NodeManifest } from '../model/node-manifest.ts';
import type { GraphEdge, GraphNode } from './definition-graph.ts';

/** The first is the default; empty where nothing can follow (flow.fail). */
export function portsOf(node: Pick<GraphNode, 'params'>, manifest: Pick<NodeManifest, 'ports' | 'effect'>): readonly string[] {
  const own = typeof manifest.ports === 'function' ? manifest.ports(node.params) : manifest.ports;
  return manifest.effect === 'effect' && !own.includes('error') ? [...own, 'error'] : own;
}

/** The port that an edge leaves by; `main` where the node has none. */
export function portOfEdge(edge: GraphEdge, ports: readonly string[]): string {
  return edge.output ?? ports[0] ?? 'main';
}
