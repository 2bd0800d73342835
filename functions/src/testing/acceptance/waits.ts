/** What executions wait for: a person, a callback, a time, another execution. */
import type { JsonObject } from '@automateos/shared/model/json';
import { expect } from 'vitest';
import { type BlackBox, deploy, objects, readUntil, start } from './black-box.ts';
import type { Chapter, Stage } from './chapter.ts';
import { chain, tell } from './outside.ts';

const manual = { id: 'go', type: 'trigger.manual' };

const asking = (name: string, origin: string): JsonObject => ({
  name,
  nodes: [
    manual,
    {
      id: 'ask',
      type: 'flow.approval',
      params: {
        title: `May ${name} pay?`,
        form: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } },
      },
    },
    tell(origin, 'pay', { amount: '{{ steps.ask.output.data.amount }}' }),
    { id: 'regret', type: 'data.set', params: { values: { because: '{{ steps.ask.output.comment }}' } } },
  ],
  edges: [
    { from: 'go', to: 'ask' },
    { from: 'ask', to: 'pay', output: 'approved' },
    { from: 'ask', to: 'regret', output: 'rejected' },
  ],
});

/** An execution that waits for a person, and its approval. */
async function askedFor({ box, outside }: Stage, name: string): Promise<{ id: string; path: string }> {
  const id = await start(box, await deploy(box, asking(name, outside.origin)));
  await readUntil(box, id, 'waiting');
  const pending = objects((await box.call('GET', '/v1/approvals?status=pending&limit=200')).body.items);
  const approval = pending.find(({ executionId }) => executionId === id);
  expect(approval).toMatchObject({ title: `May ${name} pay?`, nodeId: 'ask', status: 'pending' });
  return { id, path: `/v1/approvals/${approval?.id}` };
}

const stepOf = (execution: JsonObject, nodeId: string): JsonObject | undefined =>
  objects(execution.steps).find((step) => step.nodeId === nodeId);

/** Hands its address to the outside and waits to be called. */
export const calledBack = (name: string, origin: string): JsonObject => ({
  name,
  nodes: [
    manual,
    tell(origin, 'order', { callback: '{{ execution.callbackUrl("paid") }}' }),
    { id: 'paid', type: 'flow.callback' },
    tell(origin, 'thank', { amount: '{{ steps.paid.output.amount }}' }),
  ],
  edges: chain('go', 'order', 'paid', 'thank'),
});

export async function waitingForCall({ box, outside }: Stage, name: string): Promise<{ id: string; address: string }> {
  const id = await start(box, await deploy(box, calledBack(name, outside.origin)));
  await readUntil(box, id, 'waiting');
  return { id, address: String(outside.effectsOf(id)[0]?.body.callback) };
}

async function callBack(box: BlackBox, address: string, amount: number): Promise<readonly [number, unknown]> {
  const { status, body } = await box.knock('POST', address, { body: { amount } });
  return [status, body.code ?? body.executionId];
}

export const waits: Chapter = {
  async 'an approval takes what its form asks for, once; the execution goes on with it'(stage) {
    const { box, outside } = stage;
    const { id, path } = await askedFor(stage, 'ada');
    const decide = (body: JsonObject) => box.call('POST', path, { body });
    expect((await decide({ decision: 'approve', data: { amount: 'a lot' } })).status).toBe(422);
    const decided = await decide({ decision: 'approve', data: { amount: 7 }, comment: 'fine' });
    expect([decided.status, decided.body.status], decided.text).toEqual([200, 'approved']);
    const second = await decide({ decision: 'reject' });
    expect([second.status, second.body.code]).toEqual([409, 'ALREADY_DECIDED']);
    const done = await readUntil(box, id, 'succeeded');
    expect(stepOf(done, 'regret')).toMatchObject({ status: 'skipped' });
    expect(outside.effectsOf(id).map(({ body }) => body.amount)).toEqual([7]);
  },

  async 'a rejection takes the other way'(stage) {
    const { box, outside } = stage;
    const { id, path } = await askedFor(stage, 'bob');
    const decided = await box.call('POST', path, { body: { decision: 'reject', comment: 'too much' } });
    expect([decided.status, decided.body.status]).toEqual([200, 'rejected']);
    const done = await readUntil(box, id, 'succeeded');
    expect(stepOf(done, 'regret')).toMatchObject({ output: { because: 'too much' } });
    expect(outside.effectsOf(id)).toEqual([]);
  },

  async 'a callback is answered once, by whoever has its address'(stage) {
    const { box, outside } = stage;
    const { id, address } = await waitingForCall(stage, 'called-back');
    expect(address).toContain('/v1/callbacks/');
    const forged = `${address.slice(0, -1)}${address.endsWith('a') ? 'b' : 'a'}`;
    expect(await callBack(box, forged, 1)).toEqual([404, 'NOT_FOUND']);
    expect(await callBack(box, address, 12)).toEqual([202, id]);
    expect(await callBack(box, address, 13)).toEqual([409, 'CONFLICT']);
    await readUntil(box, id, 'succeeded');
    expect(outside.effectsOf(id).map(({ step, body }) => [step, body.amount])).toEqual([
      ['order', undefined],
      ['thank', 12],
    ]);
  },

  async 'a wait ends by itself, and not before its time'(stage) {
    const { box } = stage;
    const durationMs = 1_500;
    const id = await start(
      box,
      await deploy(box, {
        name: 'waiting',
        nodes: [
          manual,
          { id: 'pause', type: 'flow.wait', params: { durationMs } },
          { id: 'after', type: 'data.set', params: { values: { ok: true } } },
        ],
        edges: chain('go', 'pause', 'after'),
      }),
    );
    expect(await readUntil(box, id, 'waiting')).toMatchObject({ status: 'waiting' });
    const done = await readUntil(box, id, 'succeeded');
    const { startedAt, endedAt } = stepOf(done, 'pause') ?? {};
    expect(Date.parse(String(endedAt)) - Date.parse(String(startedAt))).toBeGreaterThanOrEqual(durationMs);
  },

  async 'a workflow calls another one and goes on with what it answers'({ box, outside }) {
    const child = await deploy(box, {
      name: 'called',
      nodes: [
        manual,
        tell(outside.origin, 'deep'),
        { id: 'sum', type: 'data.set', params: { values: { sum: '{{ input.a + input.b }}' } } },
      ],
      edges: chain('go', 'deep', 'sum'),
    });
    const id = await start(
      box,
      await deploy(box, {
        name: 'calling',
        nodes: [
          manual,
          { id: 'call', type: 'flow.call', params: { workflow: 'called', input: { a: 2, b: '{{ input.b }}' } } },
          { id: 'after', type: 'data.set', params: { values: { got: '{{ steps.call.output.sum }}' } } },
        ],
        edges: chain('go', 'call', 'after'),
      }),
      { b: 3 },
    );
    expect(await readUntil(box, id, 'succeeded')).toMatchObject({ output: { got: 5 } });
    const [called] = objects((await box.call('GET', `/v1/executions?workflowId=${child}`)).body.items);
    const read = await readUntil(box, called?.id, 'succeeded');
    expect(read).toMatchObject({ parent: { executionId: id, nodeId: 'call' }, output: { sum: 5 } });
    expect(outside.effectsOf(String(called?.id)).map(({ step }) => step)).toEqual(['deep']);
  },
};
