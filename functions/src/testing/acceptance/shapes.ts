/** Shapes of workflows: ways that fork and meet, items, answers that wait for the workflow, failures that are handled. */
import type { JsonObject } from '@automateos/shared/model/json';
import { expect } from 'vitest';
import { deploy, objects, readUntil, start } from './black-box.ts';
import type { Chapter } from './chapter.ts';
import { chain, tell } from './outside.ts';

const manual = { id: 'go', type: 'trigger.manual' };

export const shapes: Chapter = {
  async 'ways that fork meet again, and what is not taken is skipped'({ box, outside }) {
    const { origin } = outside;
    const id = await deploy(box, {
      name: 'forking',
      nodes: [
        manual,
        { id: 'large', type: 'flow.if', params: { condition: '{{ input.n > 5 }}' } },
        tell(origin, 'left'),
        tell(origin, 'right'),
        tell(origin, 'rare'),
        { id: 'meet', type: 'flow.merge', params: { mode: 'all' } },
        {
          id: 'sum',
          type: 'data.set',
          params: { values: { of: '{{ steps.left.output.body.done + steps.right.output.body.done }}' } },
        },
      ],
      edges: [
        ...['left', 'right', 'large'].map((to) => ({ from: 'go', to })),
        { from: 'large', to: 'rare', output: 'true' },
        ...['left', 'right', 'rare'].map((from) => ({ from, to: 'meet' })),
        { from: 'meet', to: 'sum' },
      ],
    });
    const done = await readUntil(box, await start(box, id, { n: 1 }), 'succeeded');
    expect(done.output).toEqual({ of: 'leftright' });
    expect(objects(done.steps).find(({ nodeId }) => nodeId === 'rare')).toMatchObject({ status: 'skipped' });
    expect(
      outside
        .effectsOf(String(done.id))
        .map(({ step }) => step)
        .toSorted(),
    ).toEqual(['left', 'right']);
  },

  async 'every item of a list is worked on once, and the results keep its order'({ box, outside }) {
    const count = 40;
    const one = tell(outside.origin, 'one', { of: '{{ item }}' }, 'item-{{ index }}');
    const id = await deploy(box, {
      name: 'items',
      nodes: [
        manual,
        { id: 'each', type: 'flow.for-each', params: { items: '{{ input.list }}', concurrency: 4 } },
        { ...one, parent: 'each' },
      ],
      edges: chain('go', 'each'),
    });
    const list = Array.from({ length: count }, (_, n) => n * n);
    const done = await readUntil(box, await start(box, id, { list }), 'succeeded');
    expect(objects(done.steps).find(({ nodeId }) => nodeId === 'each')).toMatchObject({
      items: { done: count, failed: 0, total: count },
    });
    const { items } = done.output as { items: { body: { done: string } }[] }; // what fails to be so fails the next line
    expect(items.map(({ body }) => body.done)).toEqual(list.map((_, index) => `item-${index}`));
    const effects = outside.effectsOf(String(done.id));
    expect(effects.map(({ body }) => Number(body.of)).toSorted((a, b) => a - b)).toEqual(list);
    expect(new Set(effects.map(({ key }) => key)).size).toBe(count);
    const page = await box.call('GET', `/v1/executions/${done.id}/steps?nodeId=one&limit=15`);
    expect([objects(page.body.items).length, page.body.nextCursor]).toEqual([15, expect.any(String)]);
  },

  async 'a failure that is handled, or retried, does not end the execution'({ box, outside }) {
    outside.refuse('shaky', 503);
    const id = await deploy(box, {
      name: 'handled',
      nodes: [
        manual,
        { ...tell(outside.origin, 'shaky'), retry: { maxAttempts: 3, initialMs: 10, on: ['any'] } },
        { id: 'instead', type: 'data.set', params: { values: { code: '{{ steps.shaky.output.error.code }}' } } },
      ],
      edges: [
        { from: 'go', to: 'shaky' },
        { from: 'shaky', to: 'instead', output: 'error' },
      ],
    });
    const done = await readUntil(box, await start(box, id), 'succeeded');
    const shaky = objects(done.steps).find(({ nodeId }) => nodeId === 'shaky');
    expect(shaky).toMatchObject({ status: 'failed', handled: true, attempt: 3, error: { code: 'HTTP_STATUS' } });
    const effects = outside.effectsOf(String(done.id));
    expect([effects.length, new Set(effects.map(({ key }) => key)).size]).toEqual([3, 1]);
  },

  async 'a webhook can wait for the last step or for an answer of the workflow’s own'({ box, outside }) {
    const answering = (name: string, respond: string, last: JsonObject): JsonObject => ({
      name,
      nodes: [{ id: 'hook', type: 'trigger.webhook', params: { respond } }, tell(outside.origin, 'work'), last],
      edges: chain('hook', 'work', 'last'),
    });
    const values = { hello: '{{ input.body.name }}' };
    const byLast = await deploy(box, answering('last-node', 'lastNode', { id: 'last', type: 'data.set', params: { values } }));
    const answered = await box.knock('POST', `/hooks/${byLast}`, { body: { name: 'Ada' } });
    expect([answered.status, answered.body]).toEqual([200, { hello: 'Ada' }]);
    const respond = { id: 'last', type: 'flow.respond', params: { status: 201, headers: { 'x-made': 'yes' }, body: values } };
    const byNode = await deploy(box, answering('responding', 'node', respond));
    const own = await box.knock('POST', `/hooks/${byNode}`, { body: { name: 'Bob' } });
    expect([own.status, own.headers.get('x-made'), own.body]).toEqual([201, 'yes', { hello: 'Bob' }]);
  },

  async 'a caller that prefers to wait gets the finished execution'({ box, outside }) {
    const id = await deploy(box, {
      name: 'preferred',
      nodes: [manual, tell(outside.origin, 'work')],
      edges: chain('go', 'work'),
    });
    const answer = await box.call('POST', `/v1/workflows/${id}/executions`, { body: {}, headers: { prefer: 'wait=30' } });
    expect([answer.status, answer.body.status], answer.text).toEqual([200, 'succeeded']);
  },
};
