/** Dead letters over REST: filters, cursors, roles, what many answer, and that nothing of another organization is told. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { paths } from '@automateos/shared/model/paths';
import { beforeEach, expect, test } from 'vitest';
import { recordDeadMessage } from '../../app/dead-letters/record-dead-message.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { crashSteps, createHanging, type Hanging } from '../../testing/crash-steps.ts';
import { settled } from '../../testing/fake-clock.ts';

let api: ApiFixture;
let hanging: Hanging;
let org: string;

beforeEach(async () => {
  api = await createApiFixture();
  hanging = createHanging();
  api.app.effects.behave = hanging.hang;
  ({ org } = api.owner.principal);
});

const list = (value: JsonValue | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);
const letters = async (query = '') => list((await api.call('GET', `/v1/dead-letters${query}`)).body.items);

async function workflow(name: string): Promise<string> {
  const nodes = [
    { id: 'start', type: 'trigger.manual' },
    { id: 'poison', type: 'test.effect', params: { value: '{{ input.n }}' } },
  ];
  const created = await api.call('POST', '/v1/workflows', { name, nodes, edges: [{ from: 'start', to: 'poison' }] });
  return String(created.body.id);
}

/** The id of an execution whose step has crashed. */
async function crashed(workflowId: string): Promise<string> {
  const started = await api.call('POST', `/v1/workflows/${workflowId}/executions`, { input: { n: 1 } });
  const id = String(started.body.id);
  await settled();
  await crashSteps(api.app, hanging, id, org);
  await api.app.fakeClock.advance(1_000);
  return id;
}

function mend(): void {
  api.app.effects.behave = ({ params }) => ({ output: JSON.stringify(params) });
}

test('are listed newest first by status, kind, workflow and execution, page by page', async () => {
  const [a, b] = [await workflow('a'), await workflow('b')];
  const executions = [await crashed(a), await crashed(a), await crashed(b)];
  const [, second = ''] = executions;
  expect((await letters()).map(({ executionId }) => executionId)).toEqual(executions.toReversed());
  expect((await letters(`?workflowId=${a}`)).length).toBe(2);
  expect(await letters(`?executionId=${second}`)).toMatchObject([
    { executionId: second, kind: 'step', workflowName: 'a', nodeId: 'poison', delivery: null },
  ]);
  expect(await letters('?kind=message')).toEqual([]);
  await api.call('POST', `/v1/dead-letters/${(await letters())[0]?.id}/discard`, { reason: 'known' });
  expect((await letters('?status=discarded')).map(({ discardReason }) => discardReason)).toEqual(['known']);
  expect((await letters(`?status=open&workflowId=${b}`)).length).toBe(0);
  const first = await api.call('GET', '/v1/dead-letters?limit=2');
  const rest = await letters(`?limit=2&cursor=${first.body.nextCursor}`);
  expect([...list(first.body.items), ...rest].map(({ executionId }) => executionId)).toEqual(executions.toReversed());
  expect((await api.call('GET', `/v1/dead-letters?status=open&cursor=${first.body.nextCursor}`)).status).toBe(400);
  expect((await api.call('GET', '/v1/dead-letters?status=lost')).status).toBe(400);
});

test('of an execution are named by it and by its step, and tell what can be done', async () => {
  const execution = await crashed(await workflow('a'));
  const [letter] = await letters();
  const view = await api.call('GET', `/v1/executions/${execution}`);
  expect(view.body).toMatchObject({ status: 'failed', error: { code: 'CRASHED' }, deadLetters: [letter?.id] });
  const detail = await api.call('GET', `/v1/dead-letters/${letter?.id}`);
  expect(detail.body).toMatchObject({
    ...{ id: letter?.id, status: 'open', execution: { id: execution, workflowName: 'a' } },
    ...{ step: { nodeId: 'poison', input: { value: 1 } }, redrive: { possible: true, reason: null, editable: true } },
  });
});

test('one is redriven with another input, once', async () => {
  const execution = await crashed(await workflow('a'));
  const [letter] = await letters();
  const path = `/v1/dead-letters/${letter?.id}/redrive`;
  expect((await api.call('POST', path, { input: [] })).status).toBe(422);
  expect((await api.call('POST', path, { input: {}, nodeId: 'x' })).status).toBe(422);
  mend();
  const redriven = await api.call('POST', path, { input: { value: 2 } });
  expect([redriven.status, redriven.body]).toEqual([202, { executionId: execution, letters: [letter?.id] }]);
  await settled();
  const view = await api.call('GET', `/v1/executions/${execution}`);
  expect(view.body).toMatchObject({ status: 'succeeded', output: '{"value":2}', deadLetters: [] });
  const again = await api.call('POST', path, {});
  expect(again.body).toMatchObject({ status: 409, code: 'DEAD_LETTER_CLOSED' });
  expect(again.body.detail).toContain('redriven already');
  const audit = list((await api.call('GET', '/v1/audit-log')).body.items).find(({ action }) => action === 'dead-letter.redriven');
  expect(audit).toMatchObject({ target: { id: letter?.id }, details: { executionId: execution, editedParams: ['value'] } });
});

test('many are redriven or discarded, each with its own answer, and a cursor goes on', async () => {
  const [a, b] = [await workflow('a'), await workflow('b')];
  for (const id of [a, a, a, b]) await crashed(id);
  mend();
  const body = { filter: { workflowId: a }, limit: 2 };
  const first = await api.call('POST', '/v1/dead-letters/redrive', body);
  expect(list(first.body.items).map(({ ok }) => ok)).toEqual([true, true]);
  const second = await api.call('POST', '/v1/dead-letters/redrive', { ...body, cursor: first.body.nextCursor });
  expect([list(second.body.items).length, second.body.nextCursor]).toEqual([1, null]);
  await settled();
  expect((await letters('?status=redriven')).length).toBe(3);
  const closed = (await letters('?status=redriven'))[0]?.id;
  const [open] = await letters('?status=open');
  const mixed = await api.call('POST', '/v1/dead-letters/discard', {
    ids: [open?.id, closed, 'dlq_none', open?.id],
    reason: 'r',
  });
  expect(mixed.body.items).toMatchObject([
    { id: open?.id, ok: true },
    { id: closed, ok: false, problem: { code: 'DEAD_LETTER_CLOSED', status: 409 } },
    { id: 'dlq_none', ok: false, problem: { code: 'NOT_FOUND', status: 404 } },
  ]);
  for (const wrong of [{}, { ids: [] }, { ids: ['x'], filter: {} }, { ids: Array(101).fill('x') }, { filter: {}, limit: 101 }]) {
    expect([wrong, (await api.call('POST', '/v1/dead-letters/redrive', wrong)).status]).toEqual([wrong, 422]);
  }
  const foreign = await api.call('POST', '/v1/dead-letters/redrive', { filter: {}, cursor: first.body.nextCursor });
  expect(foreign.status).toBe(400);
});

test('are read by viewers, redriven and discarded by operators, edited by editors', async () => {
  await crashed(await workflow('a'));
  const [letter] = await letters();
  const headers: Record<string, { authorization: string }> = {};
  for (const role of ['viewer', 'operator', 'editor', 'admin']) {
    const made = await api.call('POST', '/v1/api-keys', { name: role, role });
    headers[role] = { authorization: `Bearer ${made.body.key}` };
  }
  const path = `/v1/dead-letters/${letter?.id}`;
  const status = async (role: string, method: string, at: string, body?: unknown) =>
    (await api.call(method, at, body, headers[role])).status;
  expect(await status('viewer', 'GET', path)).toBe(200);
  expect(await status('viewer', 'POST', `${path}/redrive`, {})).toBe(403);
  expect(await status('viewer', 'POST', `${path}/discard`, {})).toBe(403);
  expect(await status('viewer', 'POST', '/v1/dead-letters/discard', { filter: {} })).toBe(403);
  expect(await status('operator', 'POST', `${path}/redrive`, { input: { value: 1 } })).toBe(403);
  expect(await status('operator', 'GET', '/v1/dead-letters?place=installation')).toBe(403);
  expect(await status('admin', 'GET', '/v1/dead-letters?place=installation')).toBe(200);
  expect(await status('editor', 'POST', `${path}/redrive`, { input: { value: 1 } })).toBe(202);
});

test('of messages that nobody here sent are the installation’s', async () => {
  const data = new TextEncoder().encode('nonsense');
  const recorded = await recordDeadMessage(api.app, {
    ...{ subscription: 'projects/p/subscriptions/automateos-branches-dead', messageId: '1', data, attributes: { a: 'b' } },
    ...{ deliveryAttempt: 3, publishTime: '2026-01-01T00:00:00Z' },
  });
  expect(await letters()).toEqual([]);
  expect(await letters('?place=installation')).toMatchObject([
    {
      id: recorded.id,
      reason: 'UNREADABLE_MESSAGE',
      executionId: null,
      delivery: { attributes: { a: 'b' }, bytes: 8, data: null },
    },
  ]);
  const detail = await api.call('GET', `/v1/dead-letters/${recorded.id}`);
  expect(detail.body).toMatchObject({ delivery: { data: 'bm9uc2Vuc2U=', attempts: 3 }, execution: null, step: null });
  expect((await api.call('POST', `/v1/dead-letters/${recorded.id}/redrive`, {})).body).toMatchObject({ code: 'NOT_REDRIVABLE' });
  expect((await api.call('POST', '/v1/dead-letters/discard', { filter: { place: 'installation' } })).body.items).toEqual([
    { id: recorded.id, ok: true, executionId: null },
  ]);
});

test('of another organization are not there', async () => {
  const path = paths.deadLetter('org_other', 'dlq_other');
  const data = {
    id: 'dlq_other',
    org: 'org_other',
    status: 'open',
    reason: 'CRASHED',
    message: '',
    createdAt: '2026-01-01T00:00:00Z',
  };
  const where = { executionId: 'exe_o', workflowId: 'wf_o', nodeId: 'n', scope: '' };
  await api.store.commit([{ kind: 'create', path, data: { ...data, ...where } }]);
  for (const id of ['dlq_other', '../../org_other/dead-letters/dlq_other', 'a b', '..%2F..']) {
    const at = `/v1/dead-letters/${encodeURIComponent(id)}`;
    expect([id, (await api.call('GET', at)).status]).toEqual([id, 404]);
    expect([id, (await api.call('POST', `${at}/redrive`, {})).status]).toEqual([id, 404]);
    expect([id, (await api.call('POST', `${at}/discard`, {})).status]).toEqual([id, 404]);
  }
  expect(JSON.stringify(await api.store.get(path))).toContain('"open"');
  expect(await letters()).toEqual([]);
});
