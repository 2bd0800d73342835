import { expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';

test('a workflow tells its own executions per day and its spend per month', async () => {
  const { call } = await createApiFixture();
  const make = async (name: string) => {
    const { body } = await call('POST', '/v1/workflows', { name, nodes: [{ id: 'start', type: 'trigger.manual' }] });
    return String(body.id);
  };
  const [one, other] = [await make('one'), await make('other')];
  for (const id of [one, one, other]) await call('POST', `/v1/workflows/${id}/executions`, {}, { prefer: 'wait=10' });
  const { status, body } = await call('GET', `/v1/workflows/${one}/usage`);
  expect([status, body.totals]).toEqual([200, { executions: 2, succeeded: 2, failed: 0, cancelled: 0, 'timed-out': 0 }]);
  expect(Object(body.months).at(-1)).toEqual({ month: '2026-03', microUsd: 0 });
  expect(body.days).toHaveLength(30);
  expect((await call('GET', '/v1/workflows/wf_none/usage')).status).toBe(404);
  expect((await call('GET', `/v1/workflows/${one}/usage?from=2020-01-01T00:00:00Z`)).status).toBe(422);
});
