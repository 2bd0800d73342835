/** The node types that ship. Here they are found in their folders; a bundle has a list in this file's place (tools/cloud/node-type-index.ts). */
import { join } from 'node:path';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import { loadNodeTypes } from '../adapters/node-types/load-node-types.ts';

export function builtInNodeTypes(): Promise<NodeTypes> {
  return loadNodeTypes({ folders: [join(import.meta.dirname, '../nodes')] });
}
