import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';

let api: ApiFixture;

beforeEach(async () => {
  api = await createApiFixture();
});

async function create(definition: JsonObject): Promise<string> {
  const answer = await api.call('POST', '/v1/workflows', definition);
  expect(answer.status, answer.text).toBe(201);
  return String(answer.body.id);
}

const start = (id: string, body: JsonValue = {}, headers: Record<string, string> = {}) =>
  api.call('POST', `/v1/workflows/${id}/executions`, body, headers);

async function read(id: JsonValue | undefined): Promise<JsonObject> {
  await settled();
  const answer = await api.call('GET', `/v1/executions/${id}`);
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
}

const list = (value: JsonValue | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

const chain = {
  name: 'chain',
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    { id: 'check', type: 'flow.if', params: { condition: '{{ input.n > 1 }}' } },
    { id: 'big', type: 'data.set', params: { values: { size: 'big', n: '{{ input.n }}' } } },
    { id: 'small', type: 'data.set', params: { values: { size: 'small' } } },
  ],
  edges: [
    { from: 'start', to: 'check' },
    { from: 'check', to: 'big', output: 'true' },
    { from: 'check', to: 'small', output: 'false' },
  ],
};

describe('starting and reading', () => {
  test('Prefer: wait answers with the finished execution, its steps in order and the dead path skipped', async () => {
    const id = await create(chain);
    const answer = await start(id, { input: { n: 5 } }, { prefer: 'wait=30' });
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({ status: 'succeeded', version: 1, input: { n: 5 }, progress: { done: 3, total: 3 } });
    const steps = list(answer.body.steps).map(({ nodeId, status }) => [nodeId, status]);
    expect(steps).toEqual([
      ['start', 'succeeded'],
      ['check', 'succeeded'],
      ['big', 'succeeded'],
      ['small', 'skipped'],
    ]);
    expect(list(answer.body.steps)[2]).toMatchObject({ output: { size: 'big', n: 5 }, input: { values: { n: 5 } }, error: null });
  });

  test('a start answers 202 with an execution that exists', async () => {
    const id = await create(chain);
    const answer = await start(id, { input: { n: 0 } });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/v1/executions/${answer.body.id}`);
    expect(await read(answer.body.id)).toMatchObject({ status: 'succeeded', trigger: { kind: 'manual', nodeId: 'start' } });
  });

  test('the same Idempotency-Key starts one execution and answers the same; another body is refused', async () => {
    const id = await create(chain);
    const key = { 'idempotency-key': 'order-7' };
    const [first, second] = await Promise.all([start(id, { input: { n: 1 } }, key), start(id, { input: { n: 1 } }, key)]);
    const third = await start(id, { input: { n: 1 } }, key);
    expect(second.text).toBe(first.text);
    expect(third.text).toBe(first.text);
    expect(third.headers.get('idempotency-replayed')).toBe('true');
    const other = await start(id, { input: { n: 2 } }, key);
    expect([other.status, other.body.code]).toEqual([422, 'IDEMPOTENCY_MISMATCH']);
    const all = await api.call('GET', '/v1/executions');
    expect(list(all.body.items).length).toBe(1);
  });

  test('input that does not fit the schema, an unknown trigger and an unknown version are told apart', async () => {
    const id = await create({ ...chain, inputs: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } } });
    expect((await start(id, { input: { n: 'x' } })).body).toMatchObject({ status: 422, code: 'INVALID_PARAMS' });
    expect((await start(id, { input: { n: 1 }, triggerId: 'nope' })).body).toMatchObject({
      status: 422,
      code: 'TRIGGER_UNKNOWN',
      choices: ['start'],
      detail: 'The workflow has no trigger nope that is switched on. It has start.',
    });
    expect((await start(id, { input: { n: 1 }, version: 9 })).body).toMatchObject({
      status: 404,
      code: 'NOT_FOUND',
      detail: `There is no version 9 of workflow ${id} here.`,
    });
    expect((await start('wf_nope')).body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  test('a draft can be run before it is saved', async () => {
    const id = await create(chain);
    const draft = { ...chain, nodes: [chain.nodes[0], { id: 'only', type: 'data.set', params: { values: { draft: true } } }] };
    await api.call('PUT', `/v1/workflows/${id}/draft`, { ...draft, edges: [{ from: 'start', to: 'only' }] });
    const answer = await start(id, { draft: true }, { prefer: 'wait=5' });
    expect(answer.body, answer.text).toMatchObject({ status: 'succeeded', version: 0, output: { draft: true } });
  });

  test('executions are listed newest first and found by workflow and status', async () => {
    const first = await create(chain);
    const second = await create({ ...chain, name: 'other' });
    for (const id of [first, second, first]) {
      await start(id, { input: { n: 1 } });
      await api.app.fakeClock.advance(1_000);
    }
    const all = await api.call('GET', '/v1/executions?limit=2');
    expect(list(all.body.items).map(({ workflowId }) => workflowId)).toEqual([first, second]);
    const rest = await api.call('GET', `/v1/executions?limit=2&cursor=${all.body.nextCursor}`);
    expect(list(rest.body.items).map(({ workflowId }) => workflowId)).toEqual([first]);
    const found = await api.call('GET', `/v1/executions?workflowId=${second}&status=succeeded`);
    expect(list(found.body.items).length).toBe(1);
    expect(list((await api.call('GET', '/v1/executions?status=failed')).body.items)).toEqual([]);
    expect(list((await api.call('GET', '/v1/executions?to=2026-03-01T12:00:00.500Z')).body.items).length).toBe(1);
  });
});

const flaky = {
  name: 'flaky',
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    { id: 'before', type: 'data.set', params: { values: { a: 1 } } },
    { id: 'call', type: 'test.effect', params: { value: 'sent' } },
    { id: 'after', type: 'data.set', params: { values: { done: '{{ steps.call.output }}' } } },
  ],
  edges: [
    { from: 'start', to: 'before' },
    { from: 'before', to: 'call' },
    { from: 'call', to: 'after' },
  ],
};

describe('failing, retrying, forking', () => {
  test('a failed execution says which step and why; a retry goes on from it in the next generation', async () => {
    const id = await create(flaky);
    api.app.effects.behave = ({ log }) => {
      log('warn', 'about to fail');
      throw new Error('no luck');
    };
    const failed = await start(id, {}, { prefer: 'wait=5' });
    expect(failed.body, failed.text).toMatchObject({ status: 'failed', error: { nodeId: 'call', message: 'no luck' } });
    const logs = await api.call('GET', `/v1/executions/${failed.body.id}/logs?level=warn`);
    expect(logs.body.items).toMatchObject([
      { level: 'warn', message: 'about to fail', nodeId: 'call' },
      { level: 'error', message: 'NODE_FAILED: no luck' },
    ]);
    api.app.effects.behave = () => ({ output: 'ok' });
    const retried = await api.call('POST', `/v1/executions/${failed.body.id}/retry`, {});
    expect([retried.status, retried.body.id]).toEqual([202, failed.body.id]);
    expect(await read(failed.body.id)).toMatchObject({ status: 'succeeded', generation: 2, output: { done: 'ok' } });
    expect(api.app.effects.attempts.length).toBe(2);
    const again = await api.call('POST', `/v1/executions/${failed.body.id}/retry`);
    expect([again.status, again.body.code]).toEqual([409, 'NOT_RETRYABLE_NOW']);
  });

  test('a fork takes over what was done before the step', async () => {
    const id = await create(flaky);
    const first = await start(id, { input: { n: 1 } }, { prefer: 'wait=5' });
    const forked = await api.call('POST', `/v1/executions/${first.body.id}/fork`, { nodeId: 'after' });
    expect(forked.status, forked.text).toBe(202);
    expect(forked.body.forkedFrom).toEqual({ executionId: first.body.id, nodeId: 'after' });
    expect(await read(forked.body.id)).toMatchObject({ status: 'succeeded', output: { done: 'sent' } });
    expect(api.app.effects.attempts.length).toBe(1);
  });
});

const pausing = {
  name: 'approval',
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    {
      id: 'ask',
      type: 'flow.approval',
      params: { title: 'Refund?', form: { type: 'object', required: ['amount'], properties: { amount: { type: 'integer' } } } },
    },
    { id: 'pay', type: 'data.set', params: { values: { paid: '{{ steps.ask.output.data.amount }}' } } },
  ],
  edges: [
    { from: 'start', to: 'ask' },
    { from: 'ask', to: 'pay', output: 'approved' },
  ],
};

describe('waiting for people', () => {
  test('an approval is listed, decided once with data that fits its form, and the execution goes on', async () => {
    const id = await create(pausing);
    const started = await start(id);
    expect(await read(started.body.id)).toMatchObject({ status: 'waiting' });
    expect(list((await api.call('GET', '/v1/executions?status=waiting')).body.items).length).toBe(1);
    const pending = await api.call('GET', '/v1/approvals?status=pending');
    const approval = list(pending.body.items)[0];
    expect(approval).toMatchObject({ title: 'Refund?', executionId: started.body.id, nodeId: 'ask' });
    const decide = (body: JsonObject) => api.call('POST', `/v1/approvals/${approval?.id}`, body);
    expect((await decide({ decision: 'approve', data: { amount: 'a lot' } })).status).toBe(422);
    expect((await decide({ decision: 'approve', data: { amount: 7 }, comment: 'fine' })).body).toMatchObject({
      status: 'approved',
    });
    expect(await read(started.body.id)).toMatchObject({ status: 'succeeded', output: { paid: 7 } });
    expect((await decide({ decision: 'reject' })).body).toMatchObject({ status: 409, code: 'ALREADY_DECIDED' });
  });

  test('cancel ends a waiting execution', async () => {
    const started = await start(await create(pausing));
    await read(started.body.id);
    expect((await api.call('POST', `/v1/executions/${started.body.id}/cancel`)).status).toBe(202);
    expect(await read(started.body.id)).toMatchObject({ status: 'cancelled' });
  });

  test('a paused execution says so and goes on after resume', async () => {
    const started = await start(await create(pausing));
    await read(started.body.id);
    expect((await api.call('POST', `/v1/executions/${started.body.id}/pause`)).status).toBe(202);
    expect(await read(started.body.id)).toMatchObject({ status: 'paused' });
    expect((await api.call('POST', `/v1/executions/${started.body.id}/resume`)).status).toBe(202);
    expect(await read(started.body.id)).toMatchObject({ status: 'waiting' });
  });
});

describe('loops', () => {
  test('items are told by page and counted on their loop', async () => {
    const id = await create({
      name: 'loop',
      nodes: [
        { id: 'start', type: 'trigger.manual' },
        { id: 'each', type: 'flow.for-each', params: { items: '{{ input.items }}' } },
        { id: 'double', type: 'data.set', parent: 'each', params: { values: { n: '{{ item * 2 }}' } } },
      ],
      edges: [{ from: 'start', to: 'each' }],
    });
    const items = Array.from({ length: 25 }, (_, n) => n);
    const answer = await start(id, { input: { items } }, { prefer: 'wait=5' });
    expect(answer.body, answer.text).toMatchObject({ status: 'succeeded' });
    expect(list(answer.body.steps).find(({ nodeId }) => nodeId === 'each')).toMatchObject({
      status: 'succeeded',
      items: { done: 25, failed: 0, total: 25 },
    });
    const scopes: unknown[] = [];
    let cursor = '';
    for (let page = 0; page < 4; page += 1) {
      const steps = await api.call('GET', `/v1/executions/${answer.body.id}/steps?nodeId=double&limit=10${cursor}`);
      scopes.push(...list(steps.body.items).map(({ scope }) => scope));
      if (steps.body.nextCursor === null) break;
      cursor = `&cursor=${steps.body.nextCursor}`;
    }
    expect(scopes.toSorted()).toEqual(items.map((n) => `each[${n}]`).toSorted());
  });
});
