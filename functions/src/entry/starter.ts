/** What a newcomer sees on the first start (greet.ts): a workflow that has run, its result, and the line that runs it again. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDefinitionText } from '@automateos/shared/graph/parse-definition-text';
import { Definition } from '@automateos/shared/model/definition';
import type { Execution } from '@automateos/shared/model/execution';
import { paths } from '@automateos/shared/model/paths';
import type { App } from '../app/app-context.ts';
import type { EnsuredOwner } from '../app/auth/ensure-owner.ts';
import { startExecution } from '../app/engine/start-execution.ts';
import { allSteps, loadStoredValue } from '../app/engine/stored-values.ts';
import { waitForExecution } from '../app/engine/wait-for-execution.ts';
import { createWorkflow } from '../app/workflows/create-workflow.ts';

const starterFile = join(import.meta.dirname, '../../../templates/starter.yaml');

/** The story, told in lines: what was made, what its run gave, how to run it again. */
export async function runStarter(app: App, { principal }: EnsuredOwner, url: string): Promise<string> {
  const source = await readFile(starterFile, 'utf8');
  const text = parseDefinitionText(source, 'yaml');
  if (!text.ok) throw new Error(`templates/starter.yaml cannot be read: ${text.problems[0]?.message}`);
  const definition = Definition.parse(text.value);
  const workflow = await createWorkflow(app, principal, { definition, source, activate: true });
  await app.store.commit([{ kind: 'set', path: paths.starterMark(principal.org), data: { workflowId: workflow.id } }]);
  const input = { method: 'POST', path: '', query: {}, headers: {}, body: { name: 'world' }, name: 'world' };
  const { executionId } = await startExecution(app, principal, { workflowId: workflow.id, input, trigger: { kind: 'manual' } });
  const execution = await waitForExecution(app, principal.org, executionId, { timeoutMs: 10_000, until: 'finished' });
  const steps = await describeSteps(app, execution);
  const plan = await app.plans.load(principal.org, workflow.id, 1);
  const output = execution.output && plan ? await loadStoredValue(app, execution, plan, execution.output) : null;
  return [
    `Created the workflow "${workflow.name}" and ran it once (${execution.status}):`,
    ...steps.map((step) => `  ${step}`),
    `  result: ${JSON.stringify(output)}`,
    '',
    'Run it again:',
    `  curl -X POST ${url}/hooks/${workflow.id} -H 'content-type: application/json' -d '{"name":"Ada"}'`,
  ].join('\n');
}

async function describeSteps(app: App, execution: Execution): Promise<readonly string[]> {
  const steps = await allSteps(app, execution);
  return steps.map(
    (step) =>
      `${step.status === 'succeeded' ? '✓' : '✗'} ${step.node}${step.port && step.port !== 'main' ? ` → ${step.port}` : ''}`,
  );
}
