/** The same request sent again: webhooks by their delivery key, starts by their Idempotency-Key, and all of them at once. */
import { expect } from 'vitest';
import { deploy, objects, readUntil } from './black-box.ts';
import type { Chapter } from './chapter.ts';
import { chain, tell } from './outside.ts';

export const repeats: Chapter = {
  async 'a webhook that is delivered again starts nothing, and another body under its key is refused'({ box, outside }) {
    const id = await deploy(box, {
      name: 'delivered',
      nodes: [{ id: 'hook', type: 'trigger.webhook' }, tell(outside.origin, 'once')],
      edges: chain('hook', 'once'),
    });
    const deliver = (order: number) =>
      box.knock('POST', `/hooks/${id}`, { body: { order }, headers: { 'idempotency-key': 'delivery-1' } });
    const first = await deliver(1);
    expect(first.status, first.text).toBe(202);
    const { executionId } = first.body;
    const second = await deliver(1);
    expect([second.status, second.body]).toEqual([200, { executionId, duplicate: true }]);
    const other = await deliver(2);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    await readUntil(box, executionId, 'succeeded');
    const all = await box.call('GET', `/v1/executions?workflowId=${id}`);
    expect(objects(all.body.items).map((item) => item.id)).toEqual([executionId]);
    expect(outside.effectsOf(String(executionId))).toHaveLength(1);
  },

  async 'ten deliveries at once under one key start one execution'({ box, outside }) {
    const id = await deploy(box, {
      name: 'stormed',
      nodes: [{ id: 'hook', type: 'trigger.webhook' }, tell(outside.origin, 'once')],
      edges: chain('hook', 'once'),
    });
    const deliver = () => box.knock('POST', `/hooks/${id}`, { body: {}, headers: { 'webhook-id': 'msg_1' } });
    const answers = await Promise.all(Array.from({ length: 10 }, deliver));
    expect(new Set(answers.map(({ body }) => body.executionId)).size).toBe(1);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array.from({ length: 9 }, () => 200), 202]);
  },

  async 'an Idempotency-Key answers the same again, word for word'({ box, outside }) {
    const id = await deploy(box, {
      name: 'keyed',
      nodes: [{ id: 'go', type: 'trigger.manual' }, tell(outside.origin, 'once')],
      edges: chain('go', 'once'),
    });
    const start = (n: number) =>
      box.call('POST', `/v1/workflows/${id}/executions`, { body: { input: { n } }, headers: { 'idempotency-key': 'start-1' } });
    const first = await start(1);
    expect(first.status, first.text).toBe(202);
    const second = await start(1);
    expect([second.status, second.text, second.headers.get('idempotency-replayed')]).toEqual([202, first.text, 'true']);
    const other = await start(2);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    await readUntil(box, first.body.id, 'succeeded');
    expect(objects((await box.call('GET', `/v1/executions?workflowId=${id}`)).body.items)).toHaveLength(1);
  },
};
