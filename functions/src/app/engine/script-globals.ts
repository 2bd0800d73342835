/** The names that a script sees, loaded as far as its text names them. */
import type { PlanNode } from '@automateos/shared/engine/plan';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { scopeFor } from './evaluate-params.ts';
import type { Run } from './run.ts';

export async function scriptGlobals(run: Run, node: PlanNode, scope: string): Promise<JsonObject> {
  const text = node.rawParams.map((name) => String(node.params[name] ?? '')).join('\n');
  const steps = [...run.plan.nodes.keys()].filter((id) => namesStep(text, id));
  const around = await scopeFor(run, scope, { steps, vars: text.includes('vars') });
  const outputs: Record<string, JsonValue> = {};
  for (const [id, output] of around.steps) outputs[id] = { output };
  return {
    input: around.input,
    steps: outputs,
    item: around.item ?? null,
    index: around.index ?? null,
    vars: around.vars,
    execution: around.execution,
  };
}

/**
 * Whether the code has the id as a word of its own: a step called `f` is not meant by every word with an f in it, and its output, which
 * may be large, is not loaded for it.
 */
export function namesStep(code: string, id: string): boolean {
  // ids are letters, digits, _ and -, none of which means anything in a pattern
  return new RegExp(`(?<![A-Za-z0-9_])${id}(?![A-Za-z0-9_])`).test(code);
}
