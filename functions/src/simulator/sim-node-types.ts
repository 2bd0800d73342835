/** The node types that ship, as the server finds them; `sim.effect` is added to each process of a schedule. */
import { join } from 'node:path';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';
import { loadNodeTypes } from '../adapters/node-types/load-node-types.ts';

export function loadShippedNodeTypes(): Promise<NodeTypes> {
  return loadNodeTypes({ folders: [join(import.meta.dirname, '../nodes')] });
}
