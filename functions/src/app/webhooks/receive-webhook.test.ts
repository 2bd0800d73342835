/** What a caller of a webhook meets beside the happy way. */
import { beforeEach, expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { receiveWebhook } from './receive-webhook.ts';

let api: ApiFixture;
beforeEach(async () => {
  api = await createApiFixture();
});

async function live(params: object): Promise<string> {
  const nodes = [
    { id: 'hook', type: 'trigger.webhook', params },
    { id: 'say', type: 'data.set', params: { values: { method: '{{ input.method }}' } } },
  ];
  const definition = { name: 'hooked', nodes, edges: [{ from: 'hook', to: 'say' }] };
  const created = await api.call('POST', '/v1/workflows?activate=true', definition);
  expect(created.status, created.text).toBe(201);
  return String(created.body.id);
}

const deliver = (workflowId: string, method: string, headers: Record<string, string> = {}, body = '') =>
  receiveWebhook(api.app, { workflowId, path: '', method, query: '', headers, body: Buffer.from(body), test: false });

test('HEAD is taken for GET where only GET is answered', async () => {
  const id = await live({ method: 'GET', respond: 'lastNode' });
  expect(await deliver(id, 'HEAD')).toEqual(await deliver(id, 'GET'));
  expect((await deliver(id, 'HEAD')).body).toEqual({ method: 'GET' });
  await expect(deliver(id, 'POST')).rejects.toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
});

test('a delivery id that comes again with another body is named as the caller wrote it', async () => {
  const id = await live({});
  const json = { 'content-type': 'application/json' };
  await deliver(id, 'POST', { ...json, 'x-github-delivery': 'd-7' }, '{"a":1}');
  expect((await deliver(id, 'POST', { ...json, 'x-github-delivery': 'd-7' }, '{"a":1}')).body).toMatchObject({ duplicate: true });
  await expect(deliver(id, 'POST', { ...json, 'x-github-delivery': 'd-7' }, '{"a":2}')).rejects.toMatchObject({
    code: 'IDEMPOTENCY_MISMATCH',
    message: 'x-github-delivery d-7 was used before with another body.',
  });
});
