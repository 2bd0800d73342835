/** The names that a script sees, loaded as far as its text names them. */
import type { PlanNode } from '@automateos/shared/engine/plan';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { scopeFor } from './evaluate-params.ts';
import type { Run } from './run.ts';

export async function scriptGlobals(run: Run, node: PlanNode, scope: string): Promise<JsonObject> {
  const text = node.rawParams.map((name) => String(node.params[name] ?? '')).join('\n');
  const steps = [...run.plan.nodes.keys()].filter((id) => text.includes(id));
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
