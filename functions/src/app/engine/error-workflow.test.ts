import { StepError } from '@automateos/shared/model/step-error';
import { beforeEach, expect, it } from 'vitest';
import { settled } from '../../testing/fake-clock.ts';
import { deploy, edges, effect, type Node, run, start } from '../../testing/run-definition.ts';
import { createTestApp, owner, type TestApp } from '../../testing/test-app.ts';
import { deactivateWorkflow } from '../workflows/activate-workflow.ts';
import { startExecution } from './start-execution.ts';

let app: TestApp;

beforeEach(async () => {
  app = await createTestApp();
  app.effects.behave = ({ nodeId, params }) => {
    if (nodeId.startsWith('broken')) throw new StepError({ code: 'BROKEN', message: 'no', retryable: false });
    return { output: params.value ?? null };
  };
});

function listen(name: string, workflows?: readonly string[], more: readonly Node[] = []): Promise<{ workflowId: string }> {
  const trigger: Node = { id: 'err', type: 'trigger.error', ...(workflows ? { params: { workflows: [...workflows] } } : {}) };
  const note = effect('note', `{{ "${name}: " + input.workflow.name + " " + input.error.code }}`);
  return deploy(app, { name, nodes: [trigger, note, ...more], edges: edges('err>note', ...more.map(({ id }) => `note>${id}`)) });
}

const failing = { nodes: [start, effect('broken')], edges: edges('go>broken') };

const notes = (): readonly unknown[] =>
  app.effects.attempts
    .filter(({ nodeId }) => nodeId === 'note')
    .map(({ params }) => (params as { value: unknown }).value)
    .toSorted();

it('an active trigger.error hears of every workflow, or of those it lists by name or id, once', async () => {
  await listen('all');
  await listen('by name', ['other', 'orders']);
  await listen('not mine', ['other']);
  await run(app, { name: 'orders', ...failing });
  expect(notes()).toEqual(['all: orders BROKEN', 'by name: orders BROKEN']);
});

it('the workflow that settings.errorWorkflow names hears once, though it listens as well', async () => {
  await listen('all');
  await run(app, { name: 'orders', ...failing, settings: { errorWorkflow: 'all' } });
  expect(notes()).toEqual(['all: orders BROKEN']);
});

it('a deactivated listener hears nothing', async () => {
  const { workflowId } = await listen('all');
  await deactivateWorkflow(app, owner, workflowId);
  await run(app, { name: 'orders', ...failing });
  expect(notes()).toEqual([]);
});

it('listeners that fail themselves do not go on about each other', async () => {
  await listen('one', undefined, [effect('broken1')]);
  await listen('two', undefined, [effect('broken2')]);
  await run(app, { name: 'orders', ...failing });
  expect(notes()).toEqual(['one: orders BROKEN', 'two: orders BROKEN']);
});

it('a failure that the caller waits for is the caller’s: it is heard of once', async () => {
  await listen('all');
  await deploy(app, { name: 'called', ...failing });
  const call: Node = { id: 'call', type: 'flow.call', params: { workflow: 'called' } };
  await run(app, { name: 'caller', nodes: [start, call], edges: edges('go>call') });
  expect(notes()).toHaveLength(1);
  expect(String(notes()[0])).toMatch(/^all: caller/);
});

it('an error workflow that cannot start does not keep the failed execution from ending', async () => {
  const hooks = ['one', 'two'].map((id): Node => ({ id, type: 'trigger.webhook', params: { path: id } }));
  await deploy(app, { name: 'unfit', nodes: [...hooks, effect('note')], edges: edges('one>note', 'two>note') });
  const ran = await run(app, { name: 'orders', ...failing, settings: { errorWorkflow: 'unfit' } });
  expect((await ran.end()).status).toBe('failed');
  await startExecution(app, owner, { workflowId: ran.workflowId, input: {}, trigger: { kind: 'manual' } });
  await settled();
  expect(notes()).toEqual([]);
});
