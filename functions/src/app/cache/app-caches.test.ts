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
