import { Definition } from '@automateos/shared/model/definition';
import type { JsonObject, JsonValue } from '@automateos/shared/model/json';
import { TestReport, WorkflowTest } from '@automateos/shared/model/workflow-test';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSystemClock } from '../../adapters/embedded/system-clock.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { createTestApp } from '../../testing/test-app.ts';
import { runWorkflowTest } from './run-workflow-test.ts';

const definition = {
  name: 'order-alert',
  nodes: [
    { id: 'go', type: 'trigger.manual' },
    { id: 'fetch', type: 'http.request', params: { url: 'https://shop.test/orders/{{ input.id }}' }, credential: 'shop' },
    { id: 'big', type: 'flow.if', params: { condition: '{{ steps.fetch.output.body.total > vars.limit }}' } },
    { id: 'ask', type: 'flow.approval', params: { title: 'Pay?', timeoutMs: '2d' } },
    { id: 'nap', type: 'flow.wait', params: { durationMs: '30d' } },
    { id: 'tell', type: 'http.request', params: { method: 'POST', url: 'https://alerts.test/', body: { of: '{{ input.id }}' } } },
    { id: 'quiet', type: 'data.set', params: { values: { told: false } } },
  ],
  edges: [
    { from: 'go', to: 'fetch' },
    { from: 'fetch', to: 'big' },
    { from: 'big', output: 'true', to: 'ask' },
    { from: 'ask', output: 'approved', to: 'nap' },
    { from: 'nap', to: 'tell' },
    { from: 'big', output: 'false', to: 'quiet' },
  ],
};

const order = (total: number) => ({ url: 'https://shop.test/orders/7', respond: { body: { total } } });

describe('tests of a workflow', () => {
  let fixture: ApiFixture;
  beforeEach(async () => {
    fixture = await createApiFixture();
  });

  async function run(tests: readonly JsonValue[], more: JsonObject = { definition }) {
    const { status, body, text } = await fixture.call('POST', '/v1/workflow-tests/run', { ...more, tests });
    expect([status, status === 200 ? '' : text]).toEqual([200, '']);
    return TestReport.parse(body);
  }

  it('run the real engine: mocks answer, waits of a month pass at once, and coverage names what was not reached', async () => {
    const approved = {
      name: 'a big order is told after approval',
      input: { id: 7 },
      vars: { limit: 100 },
      mocks: {
        http: [order(200), { method: 'POST', pattern: 'https://alerts.test/*', respond: { status: 202, body: { ok: true } } }],
        nodes: { ask: { output: { decision: 'approve' }, port: 'approved' } },
      },
      expect: {
        status: 'succeeded',
        path: ['go', 'fetch', 'big', 'ask', 'nap', 'tell'],
        notReached: ['quiet'],
        outputContains: { tell: { status: 202, body: { ok: true } } },
        steps: { fetch: { status: 'succeeded', attempts: 1, output: { body: { total: 200 } } }, big: { port: 'true' } },
        httpCalls: [
          { method: 'GET', url: 'https://shop.test/orders/7' },
          { method: 'POST', body: { of: 7 } },
        ],
      },
    };
    const report = await run([approved]);
    expect(report.results[0]?.failures).toEqual([]);
    expect(report).toMatchObject({ passed: 1, failed: 0, workflow: { id: null, name: 'order-alert' } });
    expect(report.results[0]?.virtualMs).toBeGreaterThanOrEqual(30 * 86_400_000);
    expect(report.coverage.nodes).toEqual({ total: 7, reached: 6, missed: ['quiet'] });
    expect(report.coverage.ports).toEqual({ total: 6, reached: 5, missed: ['big.false'] });
  });

  it('let retries go by and time-outs come true', async () => {
    const retried = {
      name: 'the shop is down twice',
      input: { id: 7 },
      vars: { limit: 100 },
      mocks: { http: [{ url: 'https://shop.test/orders/7', respond: { status: 503 }, times: 2 }, order(200)] },
      expect: { status: 'succeeded', steps: { fetch: { attempts: 3 }, ask: { port: 'timeout' } } },
    };
    const broken = {
      name: 'the shop is gone',
      input: { id: 7 },
      mocks: { http: [{ pattern: 'https://shop.test/*', fail: 'network' }] },
      expect: { status: 'failed', error: { code: 'HTTP_NETWORK', nodeId: 'fetch' }, steps: { fetch: { attempts: 3 } } },
    };
    const report = await run([retried, broken]);
    expect(report.results.flatMap(({ failures }) => failures)).toEqual([]);
  });

  it('fail with every difference worded, and where something would reach out', async () => {
    const wrong = {
      name: 'wrong',
      input: { id: 7 },
      vars: { limit: 500 },
      mocks: { http: [order(200)], nodes: { nobody: { output: 1 }, go: { output: 1 } } },
      expect: {
        outputContains: { quiet: { told: true } },
        path: ['go', 'tell'],
        steps: { big: { port: 'true' }, gone: { status: 'succeeded' } },
        httpCalls: [],
      },
    };
    const open = { name: 'open', input: { id: 8 }, mocks: {}, expect: { status: 'failed' } };
    const report = await run([wrong, open]);
    const [first, second] = report.results.map(({ failures }) => failures.map(({ path }) => path));
    expect(first).toEqual([
      ...[
        'mocks.nodes.nobody',
        'mocks.nodes.go',
        'output.quiet.told',
        'path',
        'steps.big.port',
        'steps.gone',
        'httpCalls.length',
      ],
    ]);
    expect(second).toEqual(['mocks.http']);
    expect(report.results[0]?.failures[2]?.message).toBe('output.quiet.told is false, expected true.');
  });

  it('leave nothing behind: no document, no request, no credential is opened', async () => {
    const before = fixture.store.documents().length;
    await run([{ name: 'x', input: { id: 7 }, mocks: { http: [order(1)] }, vars: { limit: 2 } }]);
    expect(fixture.store.documents()).toHaveLength(before);
  });

  it('end where a run would not: endless loops, and waits that nobody ends', async () => {
    const body = (type: string, params: JsonObject) =>
      Definition.parse({
        name: 'loop',
        nodes: [
          { id: 'go', type: 'trigger.manual' },
          { id: 'again', type: 'flow.while', params: { condition: '{{ true }}', maxIterations: 100_000 } },
          { id: 'inside', type, parent: 'again', params },
        ],
        edges: [{ from: 'go', to: 'again' }],
      });
    const app = await createTestApp({ clock: createSystemClock() });
    const test = WorkflowTest.parse({ name: 'endless' });
    for (const loop of [body('data.set', { values: { a: 1 } }), body('flow.wait', { durationMs: '1h' })]) {
      const { result } = await runWorkflowTest(app, loop, test, 300);
      expect(result.failures[0]?.message).toBe('The test took longer than 300 ms.');
    }
    const waits = {
      name: 'waits',
      nodes: [
        { id: 'go', type: 'trigger.manual' },
        { id: 'cb', type: 'flow.callback' },
      ],
      edges: [{ from: 'go', to: 'cb' }],
    };
    const waited = await run([{ name: 'waits', expect: { status: 'waiting' } }], { definition: waits });
    expect(waited.passed).toBe(1);
  });

  it('refuse what is no test, in words', async () => {
    const bodies = [
      {},
      { definition, tests: [] },
      { tests: [{ name: 'x' }] },
      { definition, workflowId: 'wf_1', tests: [{ name: 'x' }] },
      { definition, tests: [{ name: 'x', mocks: { http: [{ url: 'https://a.test' }] } }] },
      { definition, tests: [{ name: 'x', mocks: { http: [{ url: 'https://a.test', pattern: '*', fail: 'network' }] } }] },
      { definition, tests: Array.from({ length: 51 }, () => ({ name: 'x' })) },
      { definition: { name: 'x', nodes: [] }, tests: [{ name: 'x' }] },
    ];
    for (const body of bodies) expect((await fixture.call('POST', '/v1/workflow-tests/run', body)).status).toBe(422);
    const foreign = { workflowId: 'wf_unknown', tests: [{ name: 'x' }] };
    expect((await fixture.call('POST', '/v1/workflow-tests/run', foreign)).status).toBe(404);
  });
});

describe('an execution as a test', () => {
  it('passes as it is, and holds no secrets', async () => {
    const sent: string[] = [];
    const fixture = await createApiFixture({
      http: {
        send: async ({ url }) => {
          sent.push(url);
          const body = new TextEncoder().encode(
            JSON.stringify({ total: 5, accessToken: 'canary-1', note: 'Bearer canary-22222' }),
          );
          return { status: 200, headers: { 'content-type': 'application/json' }, body, url };
        },
      },
    });
    const plain = { ...definition, nodes: definition.nodes.map(({ credential: _, ...node }) => node) };
    await fixture.call('POST', '/v1/variables', { name: 'limit', value: 100 });
    const { body: workflow } = await fixture.call('POST', '/v1/workflows', plain);
    const input = { id: 7, password: 'canary-3' };
    const started = await fixture.call('POST', `/v1/workflows/${workflow.id}/executions`, { input }, { prefer: 'wait=5' });
    const { text, status, headers } = await fixture.call('GET', `/v1/executions/${started.body.id}/test`);
    expect([status, headers.get('content-type')]).toEqual([200, 'application/yaml']);
    expect(text).not.toContain('canary');
    const file = parse(text);
    expect(file.tests[0]).toMatchObject({
      input: { id: 7, password: '***' },
      vars: { limit: 100 },
      expect: { path: ['go', 'fetch', 'big', 'quiet'] },
    });
    const ran = await fixture.call('POST', '/v1/workflow-tests/run', { workflowId: workflow.id, tests: file.tests });
    expect(ran.body).toMatchObject({ passed: 1, failed: 0, workflow: { version: 1 } });
    expect(sent).toHaveLength(1);
  });
});
