/**
 * Makes a definition of what was imported: what the validator finds at a node switches that node off, with the finding in its notes; an edge
 * that cannot be is left out. What is still wrong then stays wrong, and the definition is a draft.
 */
import { validateDefinition } from '../graph/validate-definition.ts';
import type { JsonObject } from '../model/json.ts';
import type { NodeManifest } from '../model/node-manifest.ts';
import type { Problem } from '../model/problem.ts';
import type { FlowBuilder } from './flow-builder.ts';

export type Repaired = { readonly definition: JsonObject; readonly problems: readonly Problem[] };

const mostRounds = 6;

/** Characters that are validated in all rounds together: a large definition gets fewer. */
const mostValidated = 1_500_000;

export function repairDefinition(build: FlowBuilder, frame: JsonObject, manifests: ReadonlyMap<string, NodeManifest>): Repaired {
  let validated = 0;
  for (let round = 0; ; round += 1) {
    const { nodes, edges } = build.tree();
    // what is undefined is dropped, as anywhere on the way to a client
    const text = JSON.stringify({ ...frame, nodes, edges });
    const definition = JSON.parse(text) as JsonObject;
    validated += text.length;
    const { problems } = validateDefinition(definition, manifests);
    if (problems.length === 0 || round === mostRounds || validated > mostValidated || !mend(build, problems))
      return { definition, problems };
  }
}

/** False where nothing could be done. */
function mend(build: FlowBuilder, problems: readonly Problem[]): boolean {
  const { nodes, edges } = build.tree();
  let changed = false;
  for (const { path, message, code } of problems) {
    const nodeAt = /^nodes\[(\d+)\]/.exec(path)?.[1];
    const edgeAt = /^edges\[(\d+)\]/.exec(path)?.[1];
    const node = nodeAt === undefined ? undefined : nodes[Number(nodeAt)];
    const edge = edgeAt === undefined ? undefined : edges[Number(edgeAt)];
    if (edge !== undefined) {
      build.dropEdge(edge);
      build.warn(`The way from ${String(edge.from)} to ${String(edge.to)} is left out: ${message}`);
      changed = true;
    } else if (node !== undefined && node.disabled !== true && !beyondRepair.has(code)) {
      const id = String(node.id);
      build.report(String(node.label ?? id), id, 'unmapped', `It does not work here as it was: ${message}`);
      build.switchOff(id);
      changed = true;
    }
  }
  return changed;
}

/** Not of one node: switching it off would help nobody. */
const beyondRepair = new Set(['CYCLE', 'PARENT_CYCLE', 'NESTED_TOO_DEEP', 'FAN_OUT_TOO_LARGE', 'DUPLICATE_ID']);
