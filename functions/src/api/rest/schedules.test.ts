import { expect, it } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';

const definition = {
  name: 'nightly',
  nodes: [
    { id: 'night', type: 'trigger.schedule', params: { cron: '30 2 * * *', timeZone: 'Europe/Berlin', jitterMs: '30s' } },
    { id: 'off', type: 'trigger.schedule', params: { cron: '* * * * *' }, disabled: true },
    { id: 'a', type: 'data.set', params: { values: {} } },
  ],
  edges: [{ from: 'night', to: 'a' }],
};

// The fake clock stands at 2026-03-01T12:00:00Z.
const nextRuns = ['02', '03', '04', '05', '06'].map((day) => `2026-03-${day}T01:30:00.000Z`);

it('the next five runs of each schedule are shown before and after activation', async () => {
  const { call } = await createApiFixture();
  const { body: workflow } = await call('POST', '/v1/workflows', definition);
  const path = `/v1/workflows/${String(workflow.id)}/schedules`;
  const expected = { nodeId: 'night', cron: '30 2 * * *', jitterMs: 30_000, overlap: 'skip', missed: 'run-once', lastAt: null };
  const wasActive = workflow.active;
  const before = await call('GET', path);
  expect(before).toMatchObject({ status: 200, body: { items: [{ ...expected, active: wasActive, nextRuns }] } });
  await call('POST', `/v1/workflows/${String(workflow.id)}/${wasActive ? 'deactivate' : 'activate'}`, {});
  const after = await call('GET', path);
  expect(after.body).toMatchObject({ items: [{ ...expected, active: !wasActive, version: 1, nextRuns }] });
  expect(after.body.items).toHaveLength(1);
});

it('an unknown workflow has none: 404', async () => {
  const { call } = await createApiFixture();
  expect(await call('GET', '/v1/workflows/wf_none/schedules')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
});
