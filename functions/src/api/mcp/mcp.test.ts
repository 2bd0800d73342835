import type { JsonObject } from '@automateos/shared/model/json';
import { StepError } from '@automateos/shared/model/step-error';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Answered, type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { connectMcp } from '../../testing/mcp-client.ts';

let api: ApiFixture;
let client: Client;

beforeEach(async () => {
  api = await createApiFixture();
  api.app.effects.behave = ({ params }) => {
    if (params.value === 'fail') throw new StepError({ code: 'NO_STOCK', message: 'nothing left', retryable: false });
    return { output: params.value ?? null };
  };
  client = await connectMcp(api.api, api.token);
});

const inputs = {
  type: 'object',
  properties: { n: { type: 'integer', minimum: 1 } },
  required: ['n'],
  additionalProperties: false,
};

async function workflow(name: string, value: unknown, more: JsonObject = {}, node: JsonObject = {}): Promise<string> {
  const nodes = [
    { id: 'go', type: 'trigger.manual' },
    { id: 'a', type: 'test.effect', params: { value }, ...node },
  ];
  const body = { name, nodes, edges: [{ from: 'go', to: 'a' }], settings: { mcp: { enabled: true } }, ...more };
  const made = await api.call('POST', '/v1/workflows?activate=true', body);
  expect(made.status, made.text).toBe(201);
  return String(made.body.id);
}

const names = async (of: Client = client): Promise<readonly string[]> => (await of.listTools()).tools.map(({ name }) => name);
const call = (name: string, args: JsonObject = {}) => client.callTool({ name, arguments: args });

/** Five seconds at a time, until it answers. */
async function whileTimePasses<T>(answer: Promise<T>): Promise<T> {
  let isOver = false;
  const done = answer.finally(() => {
    isOver = true;
  });
  while (!isOver) await api.app.fakeClock.advance(5_000);
  return done;
}

async function keyFor(role: string): Promise<string> {
  return String((await api.call('POST', '/v1/api-keys', { name: role, role })).body.key);
}

const platform = ['list_workflows', 'list_executions', 'get_execution', 'retry_execution', 'cancel_execution'];
const initialize = {
  ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};
const accept = { accept: 'application/json, text/event-stream' };
const post = (body: unknown, headers: Readonly<Record<string, string | null>> = {}): Promise<Answered> =>
  api.call('POST', '/mcp', body, { ...accept, ...headers });

describe('tools', () => {
  test('are the active workflows that opted in, with the schema of their inputs, and those of the platform', async () => {
    await workflow('Größe prüfen!', '{{ input.n * 2 }}', { inputs, description: 'Doubles a number.' });
    await workflow('named', 1, { settings: { mcp: { enabled: true, name: 'my-tool', description: 'Mine.', readOnly: true } } });
    await workflow('not offered', 1, { settings: {} });
    const off = await workflow('switched off', 1);
    await api.call('POST', `/v1/workflows/${off}/deactivate`);
    expect(await names()).toEqual(['gro_e_prufen', 'my-tool', ...platform]);
    const { tools } = await client.listTools();
    expect(tools[0]).toMatchObject({ title: 'Größe prüfen!', description: 'Doubles a number.', inputSchema: inputs });
    expect(tools[1]).toMatchObject({
      description: 'Mine.',
      annotations: { readOnlyHint: true },
      inputSchema: { type: 'object' },
    });
    expect(tools.find(({ name }) => name === 'cancel_execution')?.annotations).toMatchObject({ destructiveHint: true });
  });

  test('of one name, or of a name of the platform, are told apart by their workflow', async () => {
    const one = await workflow('orders', 1);
    const two = await workflow('Orders?', 2);
    await workflow('list executions', 3);
    const found = await names();
    expect(found).toEqual(expect.arrayContaining([`orders_${one.slice(-8)}`, `orders_${two.slice(-8)}`]));
    expect(new Set(found).size).toBe(found.length);
    expect(await call(`orders_${two.slice(-8)}`)).toMatchObject({ structuredContent: { result: 2 } });
  });

  test('run the workflow and answer its output; what failed, or does not fit the schema, is told so that the model can do better', async () => {
    const id = await workflow('double', '{{ ({ twice: input.n * 2 }) }}', { inputs });
    expect(await call('double', { n: 21 })).toMatchObject({
      content: [{ type: 'text', text: '{"twice":42}' }],
      structuredContent: { twice: 42 },
      _meta: { 'automateos/executionId': expect.stringMatching(/^exe_/) },
    });
    expect(await call('double', { n: 'many' })).toMatchObject({ isError: true, structuredContent: { code: 'INVALID_PARAMS' } });
    await workflow('failing', 'fail');
    const failed = await call('failing');
    expect(failed).toMatchObject({ isError: true, structuredContent: { status: 'failed', error: { code: 'NO_STOCK' } } });
    await expect(call('nothing-of-that-name')).rejects.toMatchObject({ code: -32602 });
    expect((await api.call('GET', `/v1/executions?workflowId=${id}`)).body.items).toMatchObject([
      { trigger: { kind: 'manual', by: api.owner.principal.userId } },
    ]);
  });

  test('that take long answer where to ask, and tell on the way that they run', async () => {
    await workflow('slow', null, {}, { type: 'flow.wait', params: { durationMs: '10m' } });
    const told: number[] = [];
    const calling = client.callTool({ name: 'slow' }, undefined, { onprogress: ({ progress }) => told.push(progress) });
    await vi.waitFor(() => expect(told).toEqual([0]));
    const answer = await whileTimePasses(calling);
    expect(told).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45]);
    const { executionId } = answer.structuredContent as { executionId: string };
    const asking = call('get_execution', { executionId, waitSeconds: 50 });
    expect(await whileTimePasses(asking)).toMatchObject({ structuredContent: { id: executionId, status: 'waiting' } });
    await api.app.fakeClock.advance(600_000);
    expect(await call('get_execution', { executionId })).toMatchObject({ structuredContent: { status: 'succeeded' } });
  });

  test('start one execution for one Idempotency-Key', async () => {
    const id = await workflow('orders', 1);
    const body = { jsonrpc: '2.0', id: 7, method: 'tools/call', params: { name: 'orders', arguments: {} } };
    const [first, second] = [await post(body, { 'idempotency-key': 'k1' }), await post(body, { 'idempotency-key': 'k1' })];
    expect(first.status).toBe(200);
    expect(second.body).toEqual(first.body);
    await post(body);
    expect((await api.call('GET', `/v1/executions?workflowId=${id}`)).body.items).toHaveLength(2);
  });

  test('look after executions: list, inspect, retry, cancel', async () => {
    const workflowId = await workflow('orders', 'fail');
    await call('orders');
    const listed = await call('list_executions', { workflowId, limit: 1 });
    const [{ id }] = (listed.structuredContent as { items: [{ id: string }] }).items;
    expect(await call('get_execution', { executionId: id })).toMatchObject({
      structuredContent: { status: 'failed', steps: [{ nodeId: 'go' }, { nodeId: 'a', error: { code: 'NO_STOCK' } }] },
    });
    api.app.effects.behave = () => ({ output: 'fine' });
    expect(await call('retry_execution', { executionId: id })).toMatchObject({ structuredContent: { status: 'running' } });
    await settled();
    expect(await call('get_execution', { executionId: id })).toMatchObject({ structuredContent: { status: 'succeeded' } });
    expect(await call('cancel_execution', { executionId: id })).toMatchObject({ isError: true });
    expect(await call('list_workflows', { search: 'ord' })).toMatchObject({ structuredContent: { items: [{ id: workflowId }] } });
    expect(await call('list_workflows', { limit: 900 })).toMatchObject({ isError: true });
    expect((await api.call('GET', '/v1/audit-log')).text).toContain('execution.retry');
  });
});

describe('who asks', () => {
  test('sees and calls what their role allows; approvals are nobody\u2019s here', async () => {
    await workflow('orders', 1);
    const viewer = await connectMcp(api.api, await keyFor('viewer'));
    expect(await names(viewer)).toEqual(['list_workflows', 'list_executions', 'get_execution']);
    for (const name of ['orders', 'retry_execution', 'cancel_execution']) {
      await expect(viewer.callTool({ name, arguments: { executionId: 'exe_x' } })).rejects.toMatchObject({ code: -32602 });
    }
    expect((await names()).filter((name) => name.includes('approv'))).toEqual([]);
  });

  test('is known before the body is read: 401 says how to sign in', async () => {
    for (const authorization of [null, 'Bearer aos_forged00000000000000000000000000000000', 'Basic dTpw']) {
      const answer = await post('{ not json', { authorization });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('Bearer')]);
    }
  });

  test('finds nothing of another organization', async () => {
    await workflow('orders', 1);
    const { listWorkflowTools } = await import('../../app/mcp/workflow-tools.ts');
    const foreign = { ...api.owner.principal, org: 'org_other' };
    expect(await listWorkflowTools(api.app, foreign, new Set())).toEqual([]);
    const other = await call('get_execution', { executionId: 'exe_of_somebody_else' });
    expect(other).toMatchObject({ isError: true, structuredContent: { code: 'NOT_FOUND' } });
  });
});

describe('the door', () => {
  test('refuses pages of other origins, other methods, other protocol versions, batches, and bodies that are no message', async () => {
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1.evil.example']) {
      expect((await post(initialize, { origin })).status).toBe(403);
    }
    expect((await post(initialize, { origin: 'http://localhost:3000' })).status).toBe(200);
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const answer = await api.call(method, '/mcp', undefined, accept);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
    expect((await post(list, { 'mcp-protocol-version': '1999-01-01' })).status).toBe(400);
    expect((await post(list, { accept: 'application/json' })).status).toBe(406);
    expect((await post([list])).status).toBe(400);
    expect((await post({ hello: 1 })).status).toBe(400);
    expect((await post('{ not json')).status).toBe(400);
    expect((await post(`{"jsonrpc":"2.0","id":1,"method":"ping","params":{"__proto__":{}}}`)).status).toBe(400);
    expect((await post(list, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post({ ...list, padding: 'x'.repeat(1_100_000) })).status).toBe(413);
    expect((await post({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
    expect((await post({ ...list, method: 'sampling/createMessage' })).body).toMatchObject({ error: { code: -32601 } });
  });

  test('negotiates the version of the protocol, and keeps no session', async () => {
    const answer = await post({ ...initialize, params: { ...initialize.params, protocolVersion: '2025-06-18' } });
    expect(answer.body).toMatchObject({ result: { protocolVersion: '2025-06-18', serverInfo: { name: 'automateos' } } });
    expect(answer.headers.get('mcp-session-id')).toBeNull();
  });
});
