import type { NodeManifest } from '@automateos/shared/model/node-manifest';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';

/** Node types are fixed for the life of a process. */
const known = new WeakMap<NodeTypes, ReadonlyMap<string, NodeManifest>>();

export function manifestsOf(nodeTypes: NodeTypes): ReadonlyMap<string, NodeManifest> {
  const manifests = known.get(nodeTypes) ?? new Map([...nodeTypes].map(([type, node]) => [type, node.manifest]));
  known.set(nodeTypes, manifests);
  return manifests;
}
