/** Every example runs over REST on a real server, against servers on this machine, and does what its expected.json says. */
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LoopbackServer, type SeenRequest, startLoopbackServer } from '../functions/src/testing/loopback-server.ts';
import { type RestCall, signIn, startServerProcess } from '../functions/src/testing/server-process.ts';
import { githubAnswers } from './github-fixtures.ts';

let folder: string;
let server: Awaited<ReturnType<typeof startServerProcess>>;
let call: RestCall;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'automateos-examples-'));
  server = await startServerProcess({ dataDir: join(folder, 'data'), env: { AUTOMATEOS_EGRESS_ALLOW: '127.0.0.1' } });
  call = await signIn(server.url);
});
afterAll(async () => {
  await server?.end('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

type Example = { readonly yaml: string; readonly input: JsonObject; readonly expected: JsonObject };

async function readExample(name: string): Promise<Example> {
  const read = (file: string) => readFile(join(import.meta.dirname, name, file), 'utf8');
  const [yaml, input, expected] = await Promise.all([read('workflow.yaml'), read('input.json'), read('expected.json')]);
  return { yaml, input: JSON.parse(input), expected: JSON.parse(expected) };
}

async function apply(definition: JsonValue): Promise<string> {
  const created = await call('POST', '/v1/workflows', definition);
  expect(created).toMatchObject({ status: 201 });
  const { id } = created.body as { id: string };
  expect(await call('POST', `/v1/workflows/${id}/activate`, {})).toMatchObject({ status: 200 });
  return id;
}

async function run(workflowId: string, input: JsonValue): Promise<JsonObject> {
  const started = await call('POST', `/v1/workflows/${workflowId}/executions`, { input }, { prefer: 'wait=30' });
  return started.body as JsonObject; // 200 or 202: the status in it tells
}

async function setVariable(name: string, value: string): Promise<void> {
  expect(await call('POST', '/v1/variables', { name, value })).toMatchObject({ status: 201 });
}

const asked = ({ method, url, body }: SeenRequest): JsonObject => {
  const text = body.toString('utf8');
  return { method, url, ...(text === '' ? {} : { body: JSON.parse(text) }) };
};

/** What a reader compares: how it ended, with what, and whom it asked. */
function outcome(execution: JsonObject, requests?: readonly SeenRequest[]): JsonObject {
  const { status, output, error } = execution;
  return {
    status: status ?? null,
    ...(output === undefined || output === null ? {} : { output }),
    ...(error ? { error: { code: (error as JsonObject).code ?? null, nodeId: (error as JsonObject).nodeId ?? null } } : {}),
    ...(requests ? { requests: requests.map(asked) } : {}),
  };
}

it('github-repository-summary: three requests, a script and a text, with what GitHub answers', async () => {
  const { yaml, input, expected } = await readExample('github-repository-summary');
  const answer = githubAnswers(`${String(input.owner)}/${String(input.repo)}`);
  await using github: LoopbackServer = await startLoopbackServer((request) => answer(request, github.origin));
  await setVariable('githubApi', github.origin);
  expect(outcome(await run(await apply(yaml), input))).toEqual(expected);
  expect(github.seen.map(({ url }) => url).toSorted()).toContain('/repositories/1000/issues?per_page=3&page=5');
});

it('webhook-filter-http: a large order is told, a small one is not', async () => {
  const { yaml, input, expected } = await readExample('webhook-filter-http');
  await using alerts = await startLoopbackServer(() => ({
    headers: { 'content-type': 'application/json' },
    body: '{"ok":true}',
  }));
  await setVariable('alertUrl', `${alerts.origin}/orders`);
  const id = await apply(yaml);
  const post = async (order: JsonObject) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order) };
    const response = await fetch(`${server.url}/hooks/${id}`, init);
    return { status: response.status, output: (await response.json()) as JsonValue };
  };
  expect(await post({ ...input, total: 12 })).toMatchObject({ status: 200 });
  expect(alerts.seen).toEqual([]);
  expect({ ...(await post(input)), requests: alerts.seen.map(asked) }).toEqual(expected);
});

it('order-saga: the payment fails, and what was reserved is given back, the last first', async () => {
  const { yaml, input, expected } = await readExample('order-saga');
  const json = { 'content-type': 'application/json' };
  const ids: Readonly<Record<string, string>> = { '/stock': 'stock-1', '/couriers': 'courier-1', '/payments': 'payment-1' };
  await using shop = await startLoopbackServer(({ method, url, body }) => {
    if (method === 'DELETE') return { status: 204 };
    if (body.toString('utf8').includes('declined')) return { status: 402, headers: json, body: '{"error":"card declined"}' };
    return { status: 201, headers: json, body: JSON.stringify({ id: ids[url] }) };
  });
  await setVariable('shopUrl', shop.origin);
  const id = await apply(yaml);
  expect(outcome(await run(id, input), shop.seen)).toEqual(expected);
  const paid = await run(id, { ...input, card: 'good' });
  expect(paid).toMatchObject({ status: 'succeeded', output: { courier: 'courier-1', payment: 'payment-1' } });
});

it('approval: waits for a person, who is asked once and answers with a reason', async () => {
  const { yaml, input, expected } = await readExample('approval');
  const id = await apply(yaml);
  expect(await run(id, { orderId: 8, amount: 20 })).toMatchObject({ output: { refunded: 20, reason: 'small amount' } });
  const started = await call('POST', `/v1/workflows/${id}/executions`, { input });
  const { id: executionId } = started.body as { id: string };
  const pending = async () =>
    ((await call('GET', '/v1/approvals?status=pending')).body as { items: { id: string; title: string }[] }).items;
  await expect.poll(pending).toMatchObject([{ title: 'Refund 120 EUR for order 7?' }]);
  const [approval] = await pending();
  const decide = (body: JsonValue) => call('POST', `/v1/approvals/${approval?.id}`, body);
  expect(await decide({ decision: 'approve', data: {} })).toMatchObject({ status: 422 });
  expect(await decide({ decision: 'approve', comment: 'fine', data: { reason: 'broken on arrival' } })).toMatchObject({
    status: 200,
  });
  expect(await decide({ decision: 'reject' })).toMatchObject({ status: 409 });
  const state = async () => outcome((await call('GET', `/v1/executions/${executionId}`)).body as JsonObject);
  await expect.poll(state, { timeout: 20_000 }).toEqual(expected);
});

it('for-each-10000: every item once, in order, the missing ones collected', async () => {
  const { yaml, input, expected } = await readExample('for-each-10000');
  expect(outcome(await run(await apply(yaml), input))).toEqual(expected);
});

describe('a webhook with GitHub’s signature', () => {
  const secret = 'It is a secret to everybody';
  const definition = {
    name: 'github-events',
    nodes: [
      { id: 'hook', type: 'trigger.webhook', params: { auth: { kind: 'github', secret } } },
      {
        id: 'seen',
        type: 'data.set',
        params: { values: { action: '{{ input.body.action }}', event: "{{ input.headers['x-github-event'] }}" } },
      },
    ],
    edges: [{ from: 'hook', to: 'seen' }],
  };

  it('takes every payload of GitHub, once, and stores it as it came', async () => {
    const id = await apply(definition);
    const payloads = githubPayloads();
    expect(payloads.length).toBeGreaterThan(300);
    for (const [index, { event, payload }] of payloads.entries()) {
      const text = JSON.stringify(payload);
      const headers = {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': `delivery-${index}`,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
      };
      const post = () => fetch(`${server.url}/hooks/${id}`, { method: 'POST', headers, body: text });
      const first = await post();
      const { executionId } = (await first.json()) as { executionId: string };
      expect(first.status, `${event} ${index}`).toBe(202);
      const second = await post();
      expect([second.status, await second.json()]).toEqual([200, { executionId, duplicate: true }]);
      const stored = (await call('GET', `/v1/executions/${executionId}`)).body as { input: { body: JsonValue } };
      expect(stored.input.body, `${event} ${index}`).toEqual(payload);
    }
    const tampered = await fetch(`${server.url}/hooks/${id}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` },
      body: '{}',
    });
    expect(tampered.status).toBe(401);
    const failed = (await call('GET', `/v1/executions?workflowId=${id}&status=failed`)).body as { items: unknown[] };
    expect(failed.items).toEqual([]);
  });
});

function githubPayloads(): readonly { event: string; payload: JsonValue }[] {
  const events: { name: string; examples: JsonValue[] }[] = createRequire(import.meta.url)(
    '@octokit/webhooks-examples/api.github.com/index.json',
  );
  return events.flatMap(({ name, examples }) => examples.map((payload) => ({ event: name, payload })));
}
