import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import type { HttpRequest } from '@automateos/shared/ports/http-client';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { createGuardedHttp, createScriptedHttp, type ScriptedHttp } from '../../testing/scripted-http.ts';
import { createTestApp } from '../../testing/test-app.ts';
import type { App } from '../app-context.ts';
import { sweep } from '../engine/sweep.ts';
import { mostTries } from './retry-schedule.ts';

const url = 'https://hooks.example/in';
const allOfRuns = ['execution.started', 'execution.succeeded', 'execution.failed', 'execution.cancelled'];

let http: ScriptedHttp;
let api: ApiFixture;
/** Outlives a session: some tests take days. */
let key: string;

async function use(changes: Partial<App>): Promise<void> {
  api = await createApiFixture(changes);
  key = String((await api.call('POST', '/v1/api-keys', { name: 'days' })).body.key);
}

beforeEach(async () => {
  http = createScriptedHttp();
  await use({ http });
  // the library that verifies takes the time from the machine
  vi.useFakeTimers({ toFake: ['Date'], now: api.app.clock.now() });
  api.app.effects.behave = ({ params }) => {
    if (params.value === 'fail')
      throw new StepError({ code: 'NO_STOCK', message: 'the secret number is 4711', retryable: false });
    return { output: params.value ?? null };
  };
});

afterEach(() => {
  vi.useRealTimers();
});

async function endpoint(more: JsonObject = {}): Promise<{ readonly id: string; readonly secret: string }> {
  const made = await api.call('POST', '/v1/webhook-endpoints', { url, events: allOfRuns, ...more });
  expect(made.status, made.text).toBe(201);
  return { id: String(made.body.id), secret: String(made.body.secret) };
}

async function workflow(name: string, value = 'ok', node: JsonObject = { id: 'a', type: 'test.effect' }): Promise<string> {
  const nodes = [
    { id: 'go', type: 'trigger.manual' },
    { params: { value }, ...node },
  ];
  const headers = { authorization: `Bearer ${key}` };
  const body = { name, nodes, edges: [{ from: 'go', to: 'a' }] };
  const made = await api.call('POST', '/v1/workflows?activate=true', body, headers);
  expect(made.status, made.text).toBe(201);
  return String(made.body.id);
}

async function run(workflowId: string): Promise<string> {
  const started = await api.call(
    'POST',
    `/v1/workflows/${workflowId}/executions`,
    { input: { card: '4111' } },
    { authorization: `Bearer ${key}` },
  );
  await settled();
  return String(started.body.id);
}

const ask = (path: string) => api.call('GET', path, undefined, { authorization: `Bearer ${key}` });

/** Time passes, and the sweep finds what is further away than a timer is kept. */
async function later(ms: number): Promise<void> {
  await api.app.fakeClock.advance(ms);
  await sweep(api.app);
  await settled();
}

const list = (value: JsonValue | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const sentType = ({ body }: HttpRequest): unknown => JSON.parse(String(body)).type;
const log = async (id: string, query = ''): Promise<readonly JsonObject[]> =>
  list((await ask(`/v1/webhook-endpoints/${id}/deliveries${query}`)).body.items);
const verify = (secret: string, { body, headers }: HttpRequest): unknown =>
  new Webhook(secret).verify(String(body), { ...headers });

describe('events of a run', () => {
  test('are sent once each, signed so that the library of Standard Webhooks accepts them, without what the run computed', async () => {
    const { id, secret } = await endpoint();
    const executionId = await run(await workflow('orders', 'fail'));
    expect(http.sent.map(sentType)).toEqual(['execution.started', 'execution.failed']);
    for (const sent of http.sent) {
      expect(sent).toMatchObject({ method: 'POST', url, followRedirects: false });
      expect(verify(secret, sent)).toMatchObject({ data: { executionId, workflow: { name: 'orders', version: 1 } } });
      expect(String(sent.body)).not.toMatch(/4111|4711/);
    }
    expect(JSON.parse(String(http.sent[1]?.body))).toMatchObject({
      data: { status: 'failed', error: { code: 'NO_STOCK', nodeId: 'a' }, link: expect.stringContaining(executionId) },
    });
    expect(await log(id)).toMatchObject([{ status: 'delivered' }, { status: 'delivered', attempts: [{ status: 200 }] }]);
    expect((await ask('/v1/executions')).body.items).toHaveLength(1);
  });

  test('that were tampered with, or are older than five minutes, do not verify', async () => {
    const { secret } = await endpoint();
    await run(await workflow('orders'));
    const [sent] = http.sent;
    if (sent === undefined) throw new Error('nothing was sent');
    expect(() => verify(secret, { ...sent, body: String(sent.body).replace('orders', 'others') })).toThrow('signature');
    expect(() => verify(secret, { ...sent, headers: { ...sent.headers, 'webhook-id': 'evt_other' } })).toThrow('signature');
    vi.setSystemTime(api.app.clock.now() + 6 * 60_000);
    expect(() => verify(secret, sent)).toThrow('too old');
  });

  test('go to whoever wants this type of this workflow, and to nobody who is switched off', async () => {
    const mine = await workflow('mine');
    await endpoint({ events: ['execution.succeeded'], workflowIds: [mine] });
    await endpoint({ events: ['execution.cancelled'] });
    await endpoint({ enabled: false });
    await run(mine);
    await run(await workflow('other'));
    expect(http.sent.map(sentType)).toEqual(['execution.succeeded']);
  });

  test('tell of approvals when they are asked for and when they are decided', async () => {
    await endpoint({ events: ['approval.requested', 'approval.decided'] });
    await run(await workflow('ask', '', { id: 'a', type: 'flow.approval', params: { title: 'Pay it?' } }));
    const [approval] = list((await ask('/v1/approvals?status=pending')).body.items);
    await api.call('POST', `/v1/approvals/${String(approval?.id)}`, { decision: 'approve' });
    await settled();
    expect(http.sent.map(({ body }) => JSON.parse(String(body)).data.status)).toEqual(['pending', 'approved']);
  });

  test('cost an organization without endpoints nothing but a read a minute', async () => {
    const id = await workflow('orders');
    await run(id);
    const before = api.store.stats();
    await run(id);
    const reads = api.store.stats().reads - before.reads;
    await endpoint({ events: ['execution.cancelled'] });
    await run(id);
    const again = api.store.stats();
    await run(id);
    expect(api.store.stats().reads - again.reads).toBe(reads);
    expect(api.store.documents().filter(({ path }) => path.includes('$delivery'))).toEqual([]);
  });
});

describe('an event is not lost', () => {
  test('by a process that ends between the commit and the message to a worker', async () => {
    const dropped: string[] = [];
    const queue = {
      publish: async (_: string, refs: readonly { branchId: string }[]) => void dropped.push(...refs.map((r) => r.branchId)),
    };
    await use({ http, queue });
    await endpoint({ events: ['execution.succeeded'] });
    await run(await workflow('orders'));
    expect([http.sent.length, dropped]).toEqual([0, ['$delivery']]);
    const next = await createTestApp({ store: api.store, http, secrets: api.app.secrets });
    await next.fakeClock.advance(61_000);
    await sweep(next);
    await settled();
    expect(http.sent.map(sentType)).toEqual(['execution.succeeded']);
  });

  test('by a process that ends after sending: it comes again under the same id', async () => {
    const { id } = await endpoint({ events: ['execution.succeeded'] });
    http.answer = () => {
      throw new Error('the process ends here');
    };
    await run(await workflow('orders'));
    http.answer = () => ({});
    await later(20_000);
    expect(http.sent).toHaveLength(1); // the lease holds
    await later(300_000);
    expect(http.sent).toHaveLength(2);
    expect(http.sent[1]?.headers['webhook-id']).toBe(http.sent[0]?.headers['webhook-id']);
    expect(await log(id)).toMatchObject([{ status: 'delivered' }]);
  });

  test('in a commit that fails: neither the event nor its delivery is there', async () => {
    await endpoint({ events: ['execution.started'] });
    const id = await workflow('orders');
    const headers = { 'idempotency-key': 'once' };
    await Promise.all([1, 2, 3].map(() => api.call('POST', `/v1/workflows/${id}/executions`, {}, headers)));
    await settled();
    expect(http.sent).toHaveLength(1);
  });
});

describe('a receiver that fails', () => {
  test('is tried ten times over three days, each time signed anew, and then switched off with a line in the audit log', async () => {
    const { id, secret } = await endpoint({ events: ['execution.succeeded'] });
    http.answer = () => ({ status: 500, body: 'x'.repeat(5_000) });
    await run(await workflow('orders'));
    const at = [api.app.clock.now()];
    for (let hour = 0; hour < 120 && http.sent.length < mostTries; hour += 1) {
      const count = http.sent.length;
      await later(hour === 0 ? 6_000 : hour < 40 ? 400_000 : 3_600_000);
      if (http.sent.length > count) at.push(api.app.clock.now());
    }
    expect(http.sent).toHaveLength(mostTries);
    const days = ((at.at(-1) ?? 0) - (at[0] ?? 0)) / 86_400_000;
    expect(days).toBeGreaterThan(3);
    const last = http.sent.at(-1);
    vi.setSystemTime(at.at(-1) ?? 0);
    if (last) expect(verify(secret, last)).toBeTruthy();
    const [delivery] = await log(id, '?status=failed');
    expect(delivery).toMatchObject({ status: 'failed', nextAttemptAt: null });
    expect(String(list(delivery?.attempts)[0]?.response)).toHaveLength(1_024);
    expect((await ask(`/v1/webhook-endpoints/${id}`)).body).toMatchObject({ enabled: false });
    expect((await ask('/v1/audit-log')).text).toContain('webhook-endpoint.disabled');
    await later(10 * 86_400_000);
    expect(http.sent).toHaveLength(mostTries);
  });

  test('but answers others stays on; one that is gone (410) is switched off at once', async () => {
    const { id } = await endpoint({ events: ['execution.succeeded'] });
    const orders = await workflow('orders');
    http.answer = ({ body }) => ({ status: String(body).includes('"others"') ? 200 : 503, headers: { 'retry-after': '60' } });
    await run(orders);
    await later(30_000);
    expect(http.sent).toHaveLength(1); // it asked for a minute
    await run(await workflow('others'));
    for (let day = 0; day < 12; day += 1) for (let part = 0; part < 3; part += 1) await later(28_800_000);
    expect((await log(id)).map(({ status }) => status)).toEqual(['delivered', 'failed']);
    expect((await ask(`/v1/webhook-endpoints/${id}`)).body.enabled).toBe(true);
    http.answer = () => ({ status: 410 });
    await run(await workflow('gone'));
    expect((await ask(`/v1/webhook-endpoints/${id}`)).body).toMatchObject({
      enabled: false,
      disabledReason: expect.stringContaining('410'),
    });
  });
});

describe('replay', () => {
  test('of one, and of a range of time, sends the same message under the same id', async () => {
    const { id } = await endpoint({ events: ['execution.succeeded'] });
    await run(await workflow('orders'));
    const [delivery] = await log(id);
    const one = `/v1/webhook-deliveries/${String(delivery?.id)}`;
    expect((await api.call('POST', `${one}/replay`)).status).toBe(202);
    await settled();
    expect((await api.call('POST', `/v1/webhook-endpoints/${id}/replay`, { status: 'delivered' })).body).toMatchObject({
      replayed: 1,
      more: false,
    });
    await settled();
    const past = { status: 'delivered', to: '2020-01-01T00:00:00Z' };
    expect((await api.call('POST', `/v1/webhook-endpoints/${id}/replay`, past)).body).toMatchObject({ replayed: 0 });
    expect(new Set(http.sent.map(({ body, headers }) => `${headers['webhook-id']} ${String(body)}`)).size).toBe(1);
    expect(http.sent).toHaveLength(3);
    expect((await ask(one)).body).toMatchObject({
      status: 'delivered',
      attempts: [{}, {}, {}],
      payload: http.sent[0]?.body,
    });
  });

  test('of one that is under way is refused', async () => {
    const { id } = await endpoint({ events: ['execution.succeeded'] });
    http.answer = () => ({ status: 500 });
    await run(await workflow('orders'));
    const [delivery] = await log(id);
    expect((await api.call('POST', `/v1/webhook-deliveries/${String(delivery?.id)}/replay`)).status).toBe(409);
  });
});

describe('endpoints', () => {
  test('show their secret once, keep it sealed, and sign by the old one, too, until the overlap of a rotation ends', async () => {
    const { id, secret } = await endpoint();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const rotated = await api.call('POST', `/v1/webhook-endpoints/${id}/rotate-secret`, { overlapHours: 1 });
    await api.call('POST', `/v1/webhook-endpoints/${id}/test`);
    await settled();
    const [sent] = http.sent;
    if (!sent) throw new Error('nothing was sent');
    for (const valid of [secret, String(rotated.body.secret)])
      expect(verify(valid, sent)).toMatchObject({ type: 'webhook.test' });
    await later(3_600_001);
    await api.call('POST', `/v1/webhook-endpoints/${id}/test`);
    await settled();
    vi.setSystemTime(api.app.clock.now());
    const last = http.sent.at(-1);
    if (!last) throw new Error('nothing was sent');
    expect(() => verify(secret, last)).toThrow('signature');
    const everything = JSON.stringify(api.store.documents()) + (await ask('/v1/webhook-endpoints')).text;
    for (const text of [secret, String(rotated.body.secret)]) expect(everything).not.toContain(text.slice(6));
  });

  test('are a few, of known types, and belong to their organization: others find nothing, whoever may not manage is refused', async () => {
    const { id } = await endpoint();
    expect((await api.call('POST', '/v1/webhook-endpoints', { url, events: ['everything'] })).status).toBe(422);
    for (let more = 1; more < 10; more += 1) await endpoint();
    expect((await api.call('POST', '/v1/webhook-endpoints', { url, events: allOfRuns })).body.code).toBe('QUOTA_REACHED');
    const foreign = { ...api.owner.principal, org: 'org_other' };
    const { listEndpoints, deleteEndpoint, getEndpoint } = await import('./save-endpoint.ts');
    expect(await listEndpoints(api.app, foreign)).toEqual([]);
    await expect(getEndpoint(api.app, foreign, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(deleteEndpoint(api.app, foreign, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(deleteEndpoint(api.app, { ...api.owner.principal, via: 'session', role: 'editor' }, id)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect((await api.call('DELETE', `/v1/webhook-endpoints/${id}`)).status).toBe(204);
    expect((await ask(`/v1/webhook-endpoints/${id}`)).status).toBe(404);
  });

  test.each([
    'http://127.0.0.1:9/',
    'http://[::ffff:169.254.169.254]/',
    'http://0x7f.1/',
    'http://metadata.google.internal/',
    'file:///etc/passwd',
    'https://user:pass@hooks.example/',
    'http://localhost:8080/',
    'https://hooks.localhost./',
    'http://10.1.2.3/',
    'https://hooks.example\\@10.0.0.1/',
  ])('at %s are refused when they are made', async (address) => {
    const guarded = createGuardedHttp();
    await use({ http: guarded });
    const answer = await api.call('POST', '/v1/webhook-endpoints', { url: address, events: allOfRuns });
    expect([answer.status, answer.body.code]).toEqual([422, 'INVALID_PARAMS']);
    expect(answer.body.problems).toMatchObject([{ path: 'url', message: expect.stringContaining('refused') }]);
    const { id } = await endpoint({});
    expect((await api.call('PATCH', `/v1/webhook-endpoints/${id}`, { url: address })).status).toBe(422);
    await guarded.close();
  });

  test('on this machine may be stored where the operator has opened it', async () => {
    const opened = createGuardedHttp('127.0.0.0/8');
    await use({ http: opened });
    for (const address of ['http://localhost:8080/', 'http://127.0.0.1:9/'])
      expect((await api.call('POST', '/v1/webhook-endpoints', { url: address, events: allOfRuns })).status).toBe(201);
    expect((await api.call('POST', '/v1/webhook-endpoints', { url: 'http://10.0.0.1/', events: allOfRuns })).status).toBe(422);
    await opened.close();
  });

  test('for workflows that are not there are refused, in the same words for those of others', async () => {
    const mine = await workflow('orders');
    const foreign = 'wf_of_others';
    const elsewhere = await api.app.store.get(`organizations/${api.owner.principal.org}/workflows/${mine}`);
    const data = { ...elsewhere?.data, id: foreign, org: 'org_other' };
    await api.app.store.commit([{ kind: 'set', path: `organizations/org_other/workflows/${foreign}`, data }]);
    const { id } = await endpoint({ workflowIds: [mine] });
    const said = async (method: string, path: string, workflowIds: readonly string[]) => {
      const answer = await api.call(method, path, { url, events: allOfRuns, workflowIds });
      expect([answer.status, answer.body.code]).toEqual([422, 'INVALID_PARAMS']);
      return JSON.stringify([answer.body.detail, answer.body.problems]);
    };
    for (const [method, path] of [
      ['POST', '/v1/webhook-endpoints'] as const,
      ['PATCH', `/v1/webhook-endpoints/${id}`] as const,
    ]) {
      const ofOthers = await said(method, path, [mine, foreign]);
      expect(ofOthers).toContain('workflowIds[1]');
      expect(ofOthers).toContain(foreign);
      expect(await said(method, path, [mine, 'wf_of_nobody'])).toBe(ofOthers.replaceAll(foreign, 'wf_of_nobody'));
      await said(method, path, ['../x']);
    }
    expect((await ask(`/v1/webhook-endpoints/${id}`)).body.workflowIds).toEqual([mine]);
  });

  test('whose address turned private meanwhile are refused when something is sent', async () => {
    const guarded = createGuardedHttp();
    const { check: _, ...unchecked } = guarded;
    await use({ http: unchecked });
    const { id } = await endpoint({ url: 'http://127.0.0.1:9/', events: ['execution.succeeded'] });
    await run(await workflow('orders'));
    await vi.waitFor(async () => expect(JSON.stringify(await log(id))).toContain('EGRESS_REFUSED'));
    await guarded.close();
  });
});

test('receivers that do not answer hold a few workers and no more; what waits for them is sent as they come free', async () => {
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { send } = http;
  let most = 0;
  let open = 0;
  http.send = async (request) => {
    open += 1;
    most = Math.max(most, open);
    await answered;
    open -= 1;
    return send(request);
  };
  await endpoint({ events: ['execution.succeeded'] });
  const orders = await workflow('orders');
  for (let count = 0; count < 40; count += 1) await run(orders);
  await api.app.fakeClock.advance(3_000);
  expect(most).toBe(16);
  expect((await ask('/v1/executions?status=succeeded')).body.items).toHaveLength(40);
  answer();
  await api.app.fakeClock.advance(3_000);
  expect([most, new Set(http.sent.map(({ headers }) => headers['webhook-id'])).size]).toEqual([16, 40]);
});

test('a carrier whose delivery is gone goes, too', async () => {
  const { id } = await endpoint({ events: ['execution.succeeded'] });
  http.answer = () => ({ status: 500 });
  await run(await workflow('orders'));
  const [delivery] = await log(id);
  const gone = paths.webhookDelivery(api.owner.principal.org, String(delivery?.id));
  await api.store.commit([{ kind: 'delete', path: gone }]);
  await later(400_000);
  expect(api.store.documents().filter(({ path }) => path.includes('$delivery'))).toEqual([]);
  expect(http.sent).toHaveLength(1);
});

test('a deleted endpoint ends what is under way, and the log goes with retention', async () => {
  const { id } = await endpoint({ events: ['execution.succeeded'] });
  http.answer = () => ({ status: 500 });
  await run(await workflow('orders'));
  await api.call('DELETE', `/v1/webhook-endpoints/${id}`);
  await later(400_000);
  expect(http.sent).toHaveLength(1);
  expect(await log(id)).toMatchObject([{ status: 'failed' }]);
  const { pruneLeftovers } = await import('../admin/prune-leftovers.ts');
  await later(31 * 86_400_000);
  await pruneLeftovers(api.app, false);
  const left = await api.store.query({ collection: paths.webhookDeliveries(api.owner.principal.org) });
  expect(left).toEqual([]);
});
