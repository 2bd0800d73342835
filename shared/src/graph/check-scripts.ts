/** JavaScript of script nodes parses: a slip of the pen is told when it is written, not when it runs. */
import { scriptSyntaxProblem } from '../expression/parse-script.ts';
import { ownValue } from '../model/json.ts';
import { containersOf } from './definition-graph.ts';
import { isOff, type ValidationContext } from './validation-context.ts';

export function checkScripts(context: ValidationContext): void {
  for (const node of context.tree.nodes) {
    const code = node.type === 'script.javascript' ? ownValue(node.params, 'code') : undefined;
    if (typeof code !== 'string' || isOff(context, node, containersOf(context.graph, node.id))) continue;
    const problem = scriptSyntaxProblem(code);
    if (problem === null) continue;
    const { message: reason, line, column } = problem;
    context.list.add('SCRIPT_SYNTAX', `nodes[${node.index}].params.code`, { reason, line, column });
  }
}
