/**
 * JavaScript of script nodes parses: a slip of the pen is told when it is written, not when it runs. What no pen has written, more than
 * `mostParsed` characters, is left to the run: parsing it would hold up others.
 */
import { scriptSyntaxProblem } from '../expression/parse-script.ts';
import { ownValue } from '../model/json.ts';
import { containersOf } from './definition-graph.ts';
import { isOff, type ValidationContext } from './validation-context.ts';

/** Characters of all scripts of a definition. */
const mostParsed = 131_072;

export function checkScripts(context: ValidationContext): void {
  let parsed = 0;
  for (const node of context.tree.nodes) {
    const code = node.type === 'script.javascript' ? ownValue(node.params, 'code') : undefined;
    if (typeof code !== 'string' || isOff(context, node, containersOf(context.graph, node.id))) continue;
    parsed += code.length;
    if (parsed > mostParsed) return;
    const problem = scriptSyntaxProblem(code);
    if (problem === null) continue;
    const { message: reason, line, column } = problem;
    context.list.add('SCRIPT_SYNTAX', `nodes[${node.index}].params.code`, { reason, line, column });
  }
}
