/** Secrets of webhooks: they prove where a request comes from, and nothing that leaves or is stored has them in the clear. */
import { createHmac } from 'node:crypto';
import { isJsonObject, type JsonObject } from '@automateos/shared/model/json';
import { beforeEach, describe, expect, test } from 'vitest';
import { receiveWebhook } from '../../app/webhooks/receive-webhook.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';

const canary = 'c4nary-of-the-mine';
let api: ApiFixture;

beforeEach(async () => {
  api = await createApiFixture();
});

const hook = (id: string, auth: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...{ id, type: 'trigger.webhook' },
  params: { path: id, auth },
  ...more,
});
const kinds: readonly JsonObject[] = [
  hook('header', { kind: 'header', name: 'x-key', value: canary }),
  hook('basic', { kind: 'basic', user: 'ada', password: canary }),
  hook('hmac', { kind: 'hmac', header: 'x-sig', secret: canary }),
  hook('github', { kind: 'github', secret: canary }),
];
const proofs: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  header: { 'x-key': canary },
  basic: { authorization: `Basic ${Buffer.from(`ada:${canary}`).toString('base64')}` },
  hmac: { 'x-sig': createHmac('sha256', canary).update('{}').digest('hex') },
  github: { 'x-hub-signature-256': `sha256=${createHmac('sha256', canary).update('{}').digest('hex')}` },
};
const definition = (name: string, nodes: readonly JsonObject[] = kinds): JsonObject => ({ name, nodes: [...nodes] });

async function deliver(
  workflowId: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  test = false,
): Promise<number> {
  const body = Buffer.from('{}');
  const request = { workflowId, path, method: 'POST', query: '', headers: { 'content-type': 'application/json', ...headers } };
  return receiveWebhook(api.app, { ...request, body, test }).then(
    ({ status }) => status,
    (error: { readonly code?: string }) => (error.code === 'WEBHOOK_UNAUTHORIZED' ? 401 : 500),
  );
}

async function create(name: string, nodes?: readonly JsonObject[]): Promise<string> {
  const created = await api.call('POST', '/v1/workflows?activate=true', definition(name, nodes));
  expect(created.status, created.text).toBe(201);
  return String(created.body.id);
}

function authOf(body: JsonObject, node = 0): unknown {
  const nodes = isJsonObject(body.definition) && Array.isArray(body.definition.nodes) ? body.definition.nodes : [];
  const found = nodes[node];
  return isJsonObject(found) && isJsonObject(found.params) ? found.params.auth : undefined;
}

const stored = (): string => JSON.stringify(api.store.documents());

describe('a secret in a definition', () => {
  test('proves a request, and is in no answer, document or log', async () => {
    const seen: string[] = [];
    const look = async (...request: Parameters<ApiFixture['call']>) => {
      const answer = await api.call(...request);
      expect(answer.status, `${request[0]} ${request[1]}: ${answer.text}`).toBeLessThan(300);
      seen.push(answer.text, JSON.stringify([...answer.headers]));
      return answer;
    };
    const created = await look('POST', '/v1/workflows?activate=true', definition('doors'), { 'idempotency-key': 'once' });
    const id = String(created.body.id);
    const yaml = `# a comment\nname: yaml\nnodes:\n  - { id: h, type: trigger.webhook, params: { auth: { kind: github, secret: ${canary} } } } # here\n`;
    const inYaml = await look('POST', '/v1/workflows', yaml, { 'content-type': 'application/yaml' });
    await look('POST', '/v1/workflows/import?onConflict=update', definition('doors'));
    await look('PUT', `/v1/workflows/${id}/draft`, definition('doors'));
    for (const [path, headers] of Object.entries(proofs)) {
      expect([path, await deliver(id, path, headers), await deliver(id, path, headers, true)]).toEqual([path, 202, 202]);
      expect([path, await deliver(id, path, {})]).toEqual([path, 401]);
    }
    await settled();
    for (const path of [
      '',
      '/draft',
      '/versions',
      '/versions/1',
      '/versions/2',
      '/export',
      '/export?format=yaml',
      '/schedules',
    ]) {
      await look('GET', `/v1/workflows/${id}${path}`);
    }
    await look('POST', `/v1/workflows/${id}/versions/1/restore`);
    const text = await look('GET', `/v1/workflows/${inYaml.body.id}`, undefined, { accept: 'application/yaml' });
    expect(text.text).toContain('# a comment');
    expect(text.text).toContain('# here');
    expect(text.text).toMatch(/secret: ["']\*\*\*["']/);
    const executions = await look('GET', '/v1/executions');
    for (const execution of Array.isArray(executions.body.items) ? executions.body.items.filter(isJsonObject) : []) {
      for (const path of ['', '/steps', '/logs', '/events']) await look('GET', `/v1/executions/${execution.id}${path}`);
    }
    for (const path of ['/v1/audit-log', '/v1/workflows', '/v1/usage', '/v1/dead-letters']) await look('GET', path);
    const broken = definition('doors', [hook('h', { kind: 'hmac', secret: canary, header: '{{ nope }}', more: 1 })]);
    await look('POST', '/v1/workflows/validate', broken);
    seen.push((await api.call('PUT', `/v1/workflows/${id}`, broken)).text);
    await look('PUT', `/v1/workflows/${id}/draft`, broken);
    seen.push(stored(), JSON.stringify(api.events));
    expect(seen.filter((text) => text.includes(canary))).toEqual([]);
  });

  test('shown as *** and sent back so stays what it was, also by way of the draft', async () => {
    const id = await create('doors');
    const read = await api.call('GET', `/v1/workflows/${id}`);
    expect(authOf(read.body)).toEqual({ kind: 'header', name: 'x-key', value: '***' });
    for (const path of ['/draft', '', '?activate=true']) {
      expect((await api.call('PUT', `/v1/workflows/${id}${path}`, read.body.definition)).status).toBe(200);
    }
    expect(await deliver(id, 'header', proofs.header ?? {})).toBe(202);
    const [first, ...rest] = kinds;
    const changed = definition('doors', [
      { ...first, params: { path: 'header', auth: { kind: 'header', name: 'x-key', value: 'new' } } },
      ...rest,
    ]);
    await api.call('PUT', `/v1/workflows/${id}/draft`, changed);
    await api.call(
      'PUT',
      `/v1/workflows/${id}?activate=true`,
      (await api.call('GET', `/v1/workflows/${id}/draft`)).body.definition,
    );
    expect([await deliver(id, 'header', { 'x-key': 'new' }), await deliver(id, 'header', proofs.header ?? {})]).toEqual([
      202, 401,
    ]);
  });

  test('*** that stands for nothing is a problem, and a draft says so', async () => {
    const placeholder = [hook('h', { kind: 'github', secret: '***' })];
    const created = await api.call('POST', '/v1/workflows', definition('x', placeholder));
    expect([created.status, created.body.problems]).toMatchObject([
      422,
      [{ path: 'nodes[0].params.auth.secret', code: 'SECRET_UNKNOWN' }],
    ]);
    const id = await create('doors', [hook('old', { kind: 'github', secret: canary })]);
    expect((await api.call('PUT', `/v1/workflows/${id}`, definition('doors', placeholder))).status).toBe(422);
    const draft = await api.call('PUT', `/v1/workflows/${id}/draft`, definition('doors', placeholder));
    expect(draft.body.problems).toMatchObject([{ code: 'SECRET_UNKNOWN' }]);
  });

  test('sealed for one workflow is of no use to another, and *** itself proves nothing', async () => {
    const id = await create('one', [hook('h', { kind: 'header', name: 'x-key', value: canary })]);
    const sealed = /sealed:s2:[^"\\]+/.exec(stored())?.[0];
    expect(sealed).toBeDefined();
    const stolen = definition('two', [hook('h', { kind: 'header', name: 'x-key', value: sealed ?? '' })]);
    expect((await api.call('POST', '/v1/workflows', stolen)).status).toBe(422);
    for (const value of ['***', sealed ?? '']) expect(await deliver(id, 'h', { 'x-key': value })).toBe(401);
  });

  test('from variables is refused: an expression would be compared as it is written', async () => {
    const answer = await api.call(
      'POST',
      '/v1/workflows',
      definition('x', [hook('h', { kind: 'github', secret: '{{ vars.key }}' })]),
    );
    expect([answer.status, answer.body.problems]).toMatchObject([422, [{ code: 'TEMPLATE_NOT_ALLOWED' }]]);
  });
});

describe('a secret in a credential', () => {
  const nodes = (credential: string) => [hook('h', { kind: 'header', name: 'x-key' }, { credential })];
  const save = (secret: string) =>
    api.call('POST', '/v1/credentials', { name: 'door', kind: 'webhook-secret', data: { secret } });
  const open = (id: string, value: string) => deliver(id, 'h', { 'x-key': value });

  test('is found by id or name', async () => {
    const saved = await save(canary);
    expect(saved.status, saved.text).toBe(201);
    for (const credential of ['door', String(saved.body.id)]) {
      const id = await create(`by ${credential}`, nodes(credential));
      expect([await open(id, canary), await open(id, 'other'), await open(id, '')]).toEqual([202, 401, 401]);
    }
    expect(stored()).not.toContain(canary);
  });

  test('that has gone or is of another kind by now refuses everybody', async () => {
    const saved = await save(canary);
    const id = await create('doors', nodes('door'));
    await api.call('DELETE', `/v1/credentials/${saved.body.id}?force=true`);
    for (const value of ['', 'undefined', 'null', '***']) expect(await open(id, value)).toBe(401);
    await api.call('POST', '/v1/credentials', { name: 'door', kind: 'http-bearer', data: { token: canary } });
    expect(await open(id, canary)).toBe(401);
  });

  test('changes and goes within ten seconds; a burst reads it once', async () => {
    const saved = await save(canary);
    const id = await create('doors', nodes('door'));
    expect(await open(id, canary)).toBe(202);
    const path = `/v1/credentials/${saved.body.id}`;
    await api.call('PUT', path, { data: { secret: 'changed' } });
    await api.app.fakeClock.advance(10_000);
    expect([await open(id, 'changed'), await open(id, canary)]).toEqual([202, 401]);
    await api.call('DELETE', `${path}?force=true`);
    expect(await open(id, 'changed')).toBe(202);
    await api.app.fakeClock.advance(10_000);
    expect(await open(id, 'changed')).toBe(401);
  });

  test('has to be named where the definition has none', async () => {
    const answer = await api.call('POST', '/v1/workflows', definition('x', [hook('h', { kind: 'basic', user: 'ada' })]));
    expect(answer.body.problems).toMatchObject([{ path: 'nodes[0].params.auth.password', code: 'SECRET_REQUIRED' }]);
  });
});
