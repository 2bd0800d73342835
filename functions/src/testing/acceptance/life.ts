/** Create, trigger, inspect, fail, retry, fork: the life of a workflow that charges and ships orders. */
import type { JsonObject } from '@automateos/shared/model/json';
import { expect } from 'vitest';
import { type BlackBox, deploy, objects, readUntil } from './black-box.ts';
import type { Chapter, Stage } from './chapter.ts';
import { chain, tell } from './outside.ts';

function orders(name: string, origin: string, shipName = 'ship'): JsonObject {
  return {
    name,
    nodes: [
      { id: 'hook', type: 'trigger.webhook' },
      tell(origin, 'charge', { order: '{{ input.body.order }}' }),
      {
        id: 'label',
        type: 'data.set',
        params: { values: { text: 'order {{ input.body.order }}', paid: '{{ steps.charge.output.body.done }}' } },
      },
      tell(origin, 'ship', { label: '{{ steps.label.output.text }}' }, shipName),
    ],
    edges: chain('hook', 'charge', 'label', 'ship'),
  };
}

async function order(box: BlackBox, workflowId: string, number: number): Promise<string> {
  const answer = await box.knock('POST', `/hooks/${workflowId}`, { body: { order: number } });
  expect(answer.status, answer.text).toBe(202);
  return String(answer.body.executionId);
}

const asked = ({ outside }: Stage, id: string): readonly string[] => outside.effectsOf(id).map(({ step }) => step);

/** An order whose shipping has failed. */
async function failedOrder({ box, outside }: Stage, name: string): Promise<{ workflowId: string; id: string; step: string }> {
  const step = `ship-${name}`;
  const workflowId = await deploy(box, orders(name, outside.origin, step));
  outside.refuse(step);
  const id = await order(box, workflowId, 7);
  expect(await readUntil(box, id, 'failed')).toMatchObject({ error: { nodeId: 'ship', code: 'HTTP_STATUS' } });
  return { workflowId, id, step };
}

export const life: Chapter = {
  async 'a workflow is created, read, saved as a new version, listed, exported and deleted'({ box, outside }) {
    const definition = orders('catalogue', outside.origin);
    const valid = await box.call('POST', '/v1/workflows/validate', { body: definition });
    expect(valid.body, valid.text).toMatchObject({ valid: true });
    const { body: created } = await box.call('POST', '/v1/workflows', { body: definition });
    const path = `/v1/workflows/${created.id}`;
    expect((await box.call('GET', path)).body).toMatchObject({ name: 'catalogue', definition: { name: 'catalogue' } });
    const saved = await box.call('PUT', path, { body: { ...definition, description: 'second' } });
    expect(saved.status, saved.text).toBe(200);
    const versions = await box.call('GET', `${path}/versions`);
    expect(objects(versions.body.items).map(({ version }) => version)).toEqual([2, 1]);
    const names = objects((await box.call('GET', '/v1/workflows?limit=200')).body.items).map(({ name }) => name);
    expect(names).toContain('catalogue');
    const exported = await box.call('GET', `${path}/export`);
    expect([exported.status, exported.text.includes('charge')]).toEqual([200, true]);
    expect((await box.call('POST', '/v1/workflows', { body: definition })).body.code).toBe('NAME_TAKEN');
    expect((await box.call('DELETE', path)).status).toBe(204);
    expect((await box.call('GET', path)).status).toBe(404);
  },

  async 'a webhook starts it; its execution, steps and logs can be inspected, and each effect had a key of its own'(stage) {
    const { box, outside } = stage;
    const workflowId = await deploy(box, orders('inspected', outside.origin));
    const id = await order(box, workflowId, 1);
    const done = await readUntil(box, id, 'succeeded');
    expect(done).toMatchObject({ workflowId, version: 1, trigger: { kind: 'webhook' }, progress: { done: 4, total: 4 } });
    const steps = objects(done.steps);
    expect(steps.map(({ nodeId, status }) => [nodeId, status])).toEqual(
      ['hook', 'charge', 'label', 'ship'].map((nodeId) => [nodeId, 'succeeded']),
    );
    expect(steps[2]).toMatchObject({ output: { text: 'order 1', paid: 'charge' } });
    const listed = await box.call('GET', `/v1/executions/${id}/steps?nodeId=ship`);
    expect(listed.body.items).toMatchObject([{ nodeId: 'ship', attempt: 1, generation: 1, output: { status: 200 } }]);
    const logs = await box.call('GET', `/v1/executions/${id}/logs`);
    expect([logs.status, Array.isArray(logs.body.items)]).toEqual([200, true]);
    const all = await box.call('GET', `/v1/executions?workflowId=${workflowId}&status=succeeded`);
    expect(objects(all.body.items).map((item) => item.id)).toEqual([id]);
    const effects = outside.effectsOf(id);
    expect(effects.map(({ step, body }) => [step, body.order ?? body.label])).toEqual([
      ['charge', 1],
      ['ship', 'order 1'],
    ]);
    expect(new Set(effects.map(({ key }) => key)).size).toBe(2);
  },

  async 'live events tell every step and the end, and go on behind the last one that was seen'({ box, outside }) {
    const id = await order(box, await deploy(box, orders('followed', outside.origin)), 2);
    const told = await box.events(id);
    const ended = told.flatMap(({ data }) => (data.type === 'step' ? objects([data.step ?? null]) : []));
    const succeeded = ended.filter(({ status }) => status === 'succeeded').map(({ nodeId }) => nodeId);
    expect(succeeded).toEqual(['hook', 'charge', 'label', 'ship']);
    expect(told.at(-1)?.data).toMatchObject({ type: 'execution', execution: { id, status: 'succeeded' } });
    const again = await box.events(id, told.at(-2)?.id);
    expect(again.map(({ data }) => data.type)).toEqual(['execution']);
  },

  async 'a step that fails ends the execution, which says which and why'(stage) {
    const { id, step } = await failedOrder(stage, 'failing');
    expect(asked(stage, id)).toEqual(['charge', step]);
    const logs = await stage.box.call('GET', `/v1/executions/${id}/logs?level=error`);
    expect(logs.body.items).toMatchObject([{ level: 'error', nodeId: 'ship', message: expect.stringContaining('400') }]);
    const again = await stage.box.call('POST', `/v1/executions/${id}/cancel`, { body: {} });
    expect([again.status, again.body.code]).toEqual([409, 'CONFLICT']);
  },

  async 'a retry goes on from what failed, in the next generation and under another key'(stage) {
    const { box, outside } = stage;
    const { id, step } = await failedOrder(stage, 'retried');
    outside.mend(step);
    const retried = await box.call('POST', `/v1/executions/${id}/retry`, { body: {} });
    expect([retried.status, retried.body.id]).toEqual([202, id]);
    expect(await readUntil(box, id, 'succeeded')).toMatchObject({ generation: 2, error: null });
    expect(asked(stage, id)).toEqual(['charge', step, step]);
    expect(new Set(outside.effectsOf(id).map(({ key }) => key)).size).toBe(3);
    const again = await box.call('POST', `/v1/executions/${id}/retry`, { body: {} });
    expect([again.status, again.body.code]).toEqual([409, 'NOT_RETRYABLE_NOW']);
  },

  async 'a retry on a mended version is a new execution that charges nobody twice'(stage) {
    const { box, outside } = stage;
    const { workflowId, id } = await failedOrder(stage, 'mended');
    const saved = await box.call('PUT', `/v1/workflows/${workflowId}`, { body: orders('mended', outside.origin, 'ship-anew') });
    expect(saved.status, saved.text).toBe(200);
    const retried = await box.call('POST', `/v1/executions/${id}/retry`, { body: { version: 2 } });
    expect(retried.status, retried.text).toBe(202);
    expect(retried.body).toMatchObject({ version: 2, forkedFrom: { executionId: id } });
    const fork = String(retried.body.id);
    await readUntil(box, fork, 'succeeded');
    expect(asked(stage, fork)).toEqual(['ship-anew']);
    expect(await readUntil(box, id, 'failed')).toMatchObject({ version: 1 });
  },

  async 'a fork runs again from a step with other input, and leaves its origin as it was'(stage) {
    const { box, outside } = stage;
    const id = await order(box, await deploy(box, orders('forked', outside.origin)), 3);
    const before = await readUntil(box, id, 'succeeded');
    const body = { nodeId: 'label', input: { body: { order: 4 } } };
    const forked = await box.call('POST', `/v1/executions/${id}/fork`, { body });
    expect(forked.status, forked.text).toBe(202);
    expect(forked.body.forkedFrom).toEqual({ executionId: id, nodeId: 'label' });
    const fork = String(forked.body.id);
    const done = await readUntil(box, fork, 'succeeded');
    expect(objects(done.steps).find(({ nodeId }) => nodeId === 'label')).toMatchObject({
      output: { text: 'order 4', paid: 'charge' },
    });
    expect(outside.effectsOf(fork).map(({ step, body: told }) => [step, told.label])).toEqual([['ship', 'order 4']]);
    expect(await readUntil(box, id, 'succeeded')).toEqual(before);
    const nowhere = await box.call('POST', `/v1/executions/${id}/fork`, { body: { nodeId: 'nowhere' } });
    expect([nowhere.status, nowhere.body.code]).toEqual([422, 'INVALID_PARAMS']);
  },
};
