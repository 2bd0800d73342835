import { expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { cacheLookups } from './app-caches.ts';

const definition = { name: 'cached', nodes: [{ id: 'start', type: 'trigger.manual' }] };

test('an execution that has ended is put together once; versions and plans are read once', async () => {
  const api = await createApiFixture();
  const workflow = await api.call('POST', '/v1/workflows', definition);
  const path = `/v1/workflows/${String(workflow.body.id)}`;
  const run = await api.call('POST', `${path}/executions`, {}, { prefer: 'wait=10' });
  const reads = async (url: string): Promise<number> => {
    const before = api.store.stats().reads;
    expect((await api.call('GET', url)).status).toBe(200);
    return api.store.stats().reads - before;
  };
  const url = `/v1/executions/${String(run.body.id)}`;
  const [first, second] = [await reads(url), await reads(url)];
  expect(second).toBeLessThan(first);
  const [whole, again] = [await reads(path), await reads(path)];
  expect(again).toBeLessThan(whole);
  const counts = Object.fromEntries(
    cacheLookups(api.app).map(({ value, labels }) => [Object.values(labels ?? {}).join(' '), value]),
  );
  expect(counts).toMatchObject({ 'executions hit': 1, 'executions miss': 1 });
  expect(counts['versions hit']).toBeGreaterThan(0);
  expect(counts['plans hit']).toBeGreaterThan(0);
});

test('after a retry the execution is shown as it is then, not as it had ended', async () => {
  const api = await createApiFixture();
  const failing = {
    name: 'failing',
    nodes: [
      { id: 'start', type: 'trigger.manual' },
      { id: 'no', type: 'flow.fail', params: { message: 'no' } },
    ],
    edges: [{ from: 'start', to: 'no' }],
  };
  const workflow = await api.call('POST', '/v1/workflows', failing);
  const run = await api.call('POST', `/v1/workflows/${String(workflow.body.id)}/executions`, {}, { prefer: 'wait=10' });
  const url = `/v1/executions/${String(run.body.id)}`;
  expect((await api.call('GET', url)).body).toMatchObject({ status: 'failed', generation: 1 });
  await api.call('POST', `${url}/retry`, {});
  expect((await api.call('GET', url)).body.generation).toBe(2);
});

test('an execution of 10,000 items shows its first steps and leads to all others, page by page', {
  timeout: 60_000,
}, async () => {
  const api = await createApiFixture();
  const many = {
    name: 'many',
    nodes: [
      { id: 'start', type: 'trigger.manual' },
      { id: 'each', type: 'flow.for-each', params: { items: '{{ input.items }}', concurrency: 100 } },
      { id: 'body', type: 'data.set', parent: 'each', params: { values: { n: '{{ item }}' } } },
    ],
    edges: [{ from: 'start', to: 'each' }],
  };
  const workflow = await api.call('POST', '/v1/workflows', many);
  const input = { items: Array.from({ length: 10_000 }, (_, index) => index) };
  const run = await api.call('POST', `/v1/workflows/${String(workflow.body.id)}/executions`, { input }, { prefer: 'wait=50' });
  const url = `/v1/executions/${String(run.body.id)}`;
  const read = await api.call('GET', url);
  expect(read.body).toMatchObject({ status: 'succeeded', stepsTruncated: true });
  expect(read.body.steps).toHaveLength(500);
  expect(read.headers.get('link')).toBe(`<${url}/steps>; rel="steps"`);
  const seen = new Set<string>();
  let cursor: unknown = null;
  do {
    const page = await api.call('GET', `${url}/steps?limit=200${cursor === null ? '' : `&cursor=${String(cursor)}`}`);
    for (const step of Object(page.body.items)) seen.add(`${step.scope} ${step.nodeId}`);
    cursor = page.body.nextCursor;
  } while (cursor !== null);
  expect(seen.size).toBe(10_002);
});
