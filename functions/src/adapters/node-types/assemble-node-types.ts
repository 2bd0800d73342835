/**
 * Node types out of a list that was made when a bundle was built (tools/cloud/node-type-index.ts), where there are no folders to scan.
 * The same checks as for folders; the code of effectful types is loaded with their first step.
 */
import type { NodeType, NodeTypes } from '@automateos/shared/ports/node-runtime';
import { assembleNodeType } from './load-node-types.ts';

export type NodeTypeEntry = {
  /** For messages. */
  readonly folder: string;
  /** What manifest.ts exports as `manifest`. */
  readonly manifest: unknown;
  /** Loads execute.ts; absent where the engine itself carries the type out. */
  readonly execute?: () => Promise<Readonly<Record<string, unknown>>>;
};

export async function assembleNodeTypes(entries: readonly NodeTypeEntry[]): Promise<NodeTypes> {
  const loaded = await Promise.all(entries.map(({ folder, manifest, execute }) => assembleNodeType(folder, manifest, execute)));
  return new Map<string, NodeType>(loaded.map((type) => [type.manifest.type, type]));
}
