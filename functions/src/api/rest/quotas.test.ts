/** Quotas: what is refused, when it passes, and who may change them. */
import { Quotas } from '@automateos/shared/model/quota';
import { expect, test } from 'vitest';
import { defaultAccountSettings } from '../../app/auth/account-settings.ts';
import { defaultEngineSettings } from '../../app/engine/engine-settings.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';
import { callAs, invitedPerson } from '../../testing/people.ts';

const open = (quotas: Partial<Quotas>): Promise<ApiFixture> =>
  createApiFixture({
    settings: { ...defaultEngineSettings, accounts: { ...defaultAccountSettings, quotas: Quotas.parse(quotas) } },
  });
const start = { id: 'go', type: 'trigger.manual' };
const codeOf = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.code];

async function workflow(api: ApiFixture, name: string, ...nodes: object[]): Promise<string> {
  const edges = nodes.length === 0 ? [] : [{ from: 'go', to: 'sleep' }];
  return String((await api.call('POST', '/v1/workflows', { name, nodes: [start, ...nodes], edges })).body.id);
}

test('a day holds so many executions and no more; the answer says when the next one begins', async () => {
  const api = await open({ executionsPerDay: 3 });
  const id = await workflow(api, 'w');
  const begin = () => api.call('POST', `/v1/workflows/${id}/executions`, { input: {} });
  const started = await Promise.all(Array.from({ length: 3 }, begin));
  expect(started.map(({ status }) => status)).toEqual([202, 202, 202]);
  await settled();
  await api.app.fakeClock.advance(5_000);
  const refused = await begin();
  expect(codeOf(refused)).toEqual([429, 'QUOTA_EXCEEDED']);
  const waitMs = Number(refused.headers.get('retry-after')) * 1_000;
  expect((api.app.clock.now() + waitMs) % 86_400_000).toBeLessThan(1_000);
  expect((await api.call('GET', '/v1/quotas')).body).toMatchObject({
    executionsPerDay: { limit: 3, used: 3 },
    workflows: { limit: null, used: 1 },
  });
  const { key } = (await api.call('POST', '/v1/api-keys', { name: 'tomorrow' })).body;
  await api.app.fakeClock.advance(waitMs);
  const tomorrow = callAs(api, String(key));
  expect((await tomorrow('POST', `/v1/workflows/${id}/executions`, { input: {} })).status).toBe(202);
});

test('within one process a burst does not pass the limit, although not each start counts', async () => {
  const api = await open({ executionsPerDay: 5 });
  const id = await workflow(api, 'w');
  const started = await Promise.all(
    Array.from({ length: 20 }, () => api.call('POST', `/v1/workflows/${id}/executions`, { input: {} })),
  );
  expect(started.filter(({ status }) => status === 202).length).toBe(5);
});

test('places of executions that have ended are free again', async () => {
  const api = await open({ concurrentExecutions: 1 });
  const id = await workflow(api, 'w', { id: 'sleep', type: 'flow.wait', params: { durationMs: '30d' } });
  const begin = () => api.call('POST', `/v1/workflows/${id}/executions`, { input: {} });
  const first = await begin();
  await settled();
  await api.app.fakeClock.advance(2_000);
  expect(codeOf(await begin())).toEqual([429, 'QUOTA_EXCEEDED']);
  await api.call('POST', `/v1/executions/${first.body.id}/cancel`);
  await settled();
  await api.app.fakeClock.advance(5_000);
  expect((await begin()).status).toBe(202);
});

test('things that are kept are counted when one more is made', async () => {
  const api = await open({ workflows: 1, apiKeys: 1, members: 2, schedules: 1 });
  const id = await workflow(api, 'first');
  expect(codeOf(await api.call('POST', '/v1/workflows', { name: 'second', nodes: [start] }))).toEqual([422, 'QUOTA_REACHED']);
  expect((await api.call('PUT', `/v1/workflows/${id}`, { name: 'first', nodes: [start] })).status).toBe(200);
  expect((await api.call('POST', '/v1/api-keys', { name: 'one' })).status).toBe(201);
  expect(codeOf(await api.call('POST', '/v1/api-keys', { name: 'two' }))).toEqual([422, 'QUOTA_REACHED']);
  await invitedPerson(api, 'bob@example.test', 'viewer');
  expect(codeOf(await api.call('POST', '/v1/invitations', { email: 'eve@example.test', role: 'viewer' }))).toEqual([
    422,
    'QUOTA_REACHED',
  ]);
  const cron = (n: number) => ({ id: `cron${n}`, type: 'trigger.schedule', params: { cron: '* * * * *' } });
  await api.call('PUT', `/v1/workflows/${id}`, { name: 'first', nodes: [cron(1), cron(2)] });
  expect(codeOf(await api.call('POST', `/v1/workflows/${id}/activate`))).toEqual([422, 'QUOTA_REACHED']);
  await api.call('PUT', `/v1/workflows/${id}`, { name: 'first', nodes: [cron(1)] });
  expect((await api.call('POST', `/v1/workflows/${id}/activate`)).status).toBe(200);
});

test('storage is estimated, and a full one starts nothing', async () => {
  const api = await open({ storedBytes: 1_000_000 });
  const id = await workflow(api, 'w');
  expect((await api.call('POST', `/v1/workflows/${id}/executions`, { input: { text: 'x'.repeat(150_000) } })).status).toBe(202);
  await settled();
  const { body } = await api.call('GET', '/v1/quotas');
  expect(Object(body.storedBytes).used).toBeGreaterThan(1_000);
  const small = await open({ storedBytes: 100 });
  const other = await workflow(small, 'w');
  expect(codeOf(await small.call('POST', `/v1/workflows/${other}/executions`, { input: {} }))).toEqual([422, 'QUOTA_REACHED']);
});

test('are set for one organization by the owner of the installation, and hold at once where they were set', async () => {
  const api = await open({ workflows: 1 });
  await workflow(api, 'first');
  const path = `/v1/admin/organizations/${api.owner.principal.org}/quotas`;
  const admin = await invitedPerson(api, 'admin@example.test', 'admin');
  expect(codeOf(await admin.call('PATCH', path, { workflows: null }))).toEqual([403, 'FORBIDDEN']);
  expect(codeOf(await api.call('PATCH', '/v1/admin/organizations/org_nobody/quotas', { workflows: 1 }))).toEqual([
    404,
    'NOT_FOUND',
  ]);
  for (const workflows of [-1, 1.5, '5', Number.MAX_VALUE])
    expect((await api.call('PATCH', path, { workflows })).status).toBe(422);
  expect((await api.call('PATCH', path, { workflows: 2, storedBytes: 10_000 })).body).toMatchObject({
    workflows: { limit: 2, used: 1 },
  });
  await workflow(api, 'second');
  expect((await api.call('POST', '/v1/workflows', { name: 'third', nodes: [start] })).status).toBe(422);
  await api.app.fakeClock.advance(1_000);
  expect((await api.call('PATCH', path, { workflows: 'inherit' })).body).toMatchObject({
    workflows: { limit: 1 },
    storedBytes: { limit: 10_000 },
  });
  const entry = await api.call('GET', '/v1/audit-log?action=quotas.changed');
  expect(entry.body.items).toMatchObject([{ details: { workflows: 'inherit' } }, { details: { workflows: 2 } }]);
});
