/** Starts a definition in a test app and tells how it ended. */
import type { Plan } from '@automateos/shared/engine/plan';
import type { Definition, DefinitionInput } from '@automateos/shared/model/definition';
import type { Execution } from '@automateos/shared/model/execution';
import type { JsonValue } from '@automateos/shared/model/json';
import { readExecution } from '../app/engine/read-execution.ts';
import { startExecution } from '../app/engine/start-execution.ts';
import { allSteps, loadStoredValue } from '../app/engine/stored-values.ts';
import { createWorkflow } from '../app/workflows/create-workflow.ts';
import { settled } from './fake-clock.ts';
import { owner, type TestApp } from './test-app.ts';

export type Node = DefinitionInput['nodes'][number];
export type Edge = NonNullable<DefinitionInput['edges']>[number];
export type Body = Omit<DefinitionInput, 'name'> & { readonly name?: string };

export const start: Node = { id: 'go', type: 'trigger.manual' };

export function effect(id: string, value: JsonValue = id, more: Partial<Node> = {}): Node {
  return { id, type: 'test.effect', params: { value: value as never }, ...more };
}

/** `a>b` by the default port, `a.error>b` by a named one. */
export function edges(...pairs: string[]): Edge[] {
  return pairs.map((pair) => {
    const [from = '', to = ''] = pair.split('>');
    const [id = '', output] = from.split('.');
    return output ? { from: id, to, output } : { from: id, to };
  });
}

export type Deployed = { readonly workflowId: string; readonly plan: Plan };

export async function deploy(app: TestApp, body: Body): Promise<Deployed> {
  const definition: Definition = app.plan({ name: 'test', ...body }).definition;
  const { id } = await createWorkflow(app, owner, { definition, source: null, activate: true });
  const plan = await app.plans.load(owner.org, id, 1);
  if (!plan) throw new Error('the version that was just created is not there');
  return { workflowId: id, plan };
}

export type Ran = Deployed & {
  readonly executionId: string;
  /** As it stands now. */
  end(): Promise<{ status: Execution['status']; output: JsonValue; error: Execution['error']; execution: Execution }>;
  steps(): Promise<Readonly<Record<string, string>>>;
};

export async function run(app: TestApp, body: Body, input: JsonValue = {}): Promise<Ran> {
  const deployed = await deploy(app, body);
  const { executionId } = await startExecution(app, owner, {
    workflowId: deployed.workflowId,
    input,
    trigger: { kind: 'manual' },
  });
  await settled();
  return { ...deployed, executionId, ...lookAt(app, executionId, deployed.plan) };
}

export function lookAt(app: TestApp, executionId: string, plan: Plan): Pick<Ran, 'end' | 'steps'> {
  return {
    async end() {
      const { data } = await readExecution(app, owner.org, executionId);
      const output = data.output ? await loadStoredValue(app, data, plan, data.output) : null;
      return { status: data.status, output, error: data.error, execution: data };
    },
    async steps() {
      const found = await allSteps(app, { org: owner.org, id: executionId });
      return Object.fromEntries(found.map((step) => [step.scope === '' ? step.node : `${step.scope}:${step.node}`, step.status]));
    },
  };
}
