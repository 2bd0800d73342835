/** What every check is given: the tree as far as it can be read, the node types, and where to put what it finds. */
import type { NodeManifest } from '../model/node-manifest.ts';
import type { DefinitionGraph } from './definition-graph.ts';
import { portsOf } from './ports.ts';
import type { ProblemList } from './problem-list.ts';
import type { LooseTree, PlacedEdge, PlacedNode } from './read-loosely.ts';

export type ValidationContext = {
  readonly tree: LooseTree;
  readonly graph: DefinitionGraph<PlacedNode, PlacedEdge>;
  readonly manifests: ReadonlyMap<string, NodeManifest>;
  readonly list: ProblemList;
  /** What knownPorts has found: reading them from params takes time, and many edges leave one node. */
  readonly ports: Map<PlacedNode, readonly string[] | null>;
};

export function isTrigger({ manifests }: ValidationContext, node: PlacedNode): boolean {
  const manifest = manifests.get(node.type);
  return manifest ? manifest.kind === 'trigger' : node.type.startsWith('trigger.');
}

/** null where nobody can know: the type is unknown, or its own code fails on such params. */
export function knownPorts(context: ValidationContext, node: PlacedNode): readonly string[] | null {
  const known = context.ports.get(node);
  if (known !== undefined) return known;
  const ports = readPorts(context, node);
  context.ports.set(node, ports);
  return ports;
}

function readPorts({ manifests }: ValidationContext, node: PlacedNode): readonly string[] | null {
  const manifest = manifests.get(node.type);
  if (!manifest) return null;
  try {
    return portsOf(node, manifest).slice(0, mostPorts);
  } catch {
    return null; // ports() of a type that others wrote met params it was not made for; those have their own problems
  }
}

/** More than any type has: what is longer is a problem of the params. */
const mostPorts = 256;

/** Switched off itself, or inside something that is. */
export function isOff({ graph }: ValidationContext, node: PlacedNode, containers: readonly string[]): boolean {
  return node.disabled === true || containers.some((id) => graph.nodes.get(id)?.disabled === true);
}
