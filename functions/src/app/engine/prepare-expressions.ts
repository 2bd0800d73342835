import { type Definition, nodeParams } from '@automateos/shared/model/definition';
import type { Evaluator } from '@automateos/shared/ports/evaluator';
import type { NodeTypes } from '@automateos/shared/ports/node-runtime';

/** This workflow will run soon: whoever evaluates its expressions may get ready, so that the first run does not wait for that. */
export function prepareExpressions(
  { evaluator, nodeTypes }: { readonly evaluator: Evaluator; readonly nodeTypes: NodeTypes },
  definition: Definition,
): void {
  for (const node of definition.nodes) {
    if (node.disabled !== true) evaluator.prepare?.(nodeParams(node), nodeTypes.get(node.type)?.manifest.rawParams ?? []);
  }
}
