/** Variables, credentials, events, callbacks, node types and the administrator's calls. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { beforeEach, describe, expect, test } from 'vitest';
import { openCredential } from '../../app/credentials/open-credential.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { settled } from '../../testing/fake-clock.ts';

let api: ApiFixture;

beforeEach(async () => {
  api = await createApiFixture();
});

const list = (value: JsonValue | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

async function activeWorkflow(name: string, nodes: readonly JsonObject[], edges: readonly JsonObject[] = []): Promise<string> {
  const created = await api.call('POST', '/v1/workflows?activate=true', { name, nodes, edges });
  expect(created.status, created.text).toBe(201);
  return String(created.body.id);
}

describe('variables', () => {
  test('are created, changed, listed and deleted, and expressions see them', async () => {
    expect((await api.call('POST', '/v1/variables', { name: 'rate', value: { vat: 19 } })).status).toBe(201);
    expect((await api.call('POST', '/v1/variables', { name: 'rate', value: 1 })).status).toBe(409);
    expect((await api.call('PUT', '/v1/variables/rate', { value: { vat: 7 } })).body).toMatchObject({
      name: 'rate',
      value: { vat: 7 },
    });
    const id = await activeWorkflow(
      'v',
      [
        { id: 'start', type: 'trigger.manual' },
        { id: 'set', type: 'data.set', params: { values: { vat: '{{ vars.rate.vat }}' } } },
      ],
      [{ from: 'start', to: 'set' }],
    );
    const run = await api.call('POST', `/v1/workflows/${id}/executions`, {}, { prefer: 'wait=5' });
    expect(run.body, run.text).toMatchObject({ output: { vat: 7 } });
    expect(list((await api.call('GET', '/v1/variables')).body.items)).toMatchObject([{ name: 'rate' }]);
    expect((await api.call('DELETE', '/v1/variables/rate')).status).toBe(204);
    expect((await api.call('GET', '/v1/variables/rate')).status).toBe(404);
  });

  test('have names that expressions can say', async () => {
    for (const name of ['__proto__', '1a', 'a-b', 'a b', '', 'a'.repeat(65), 'ä', 'a/b', '..']) {
      expect([name, (await api.call('POST', '/v1/variables', { name, value: 1 })).status]).toEqual([name, 422]);
    }
    expect((await api.call('POST', '/v1/variables', { name: 'constructor', value: 'x'.repeat(20_000) })).status).toBe(422);
  });
});

describe('credentials', () => {
  const canary = 'canary-9f3k-secret';

  test('never come back, in no answer, list, error, log or document', async () => {
    const made = await api.call(
      'POST',
      '/v1/credentials',
      { name: 'shop', kind: 'http-bearer', data: { token: canary } },
      { 'idempotency-key': 'c1' },
    );
    expect(made.status, made.text).toBe(201);
    expect(made.body).toMatchObject({ name: 'shop', kind: 'http-bearer', fields: ['token'] });
    const answers = [
      made,
      await api.call('POST', '/v1/credentials', { name: 'shop', kind: 'http-bearer', data: { token: canary } }),
      await api.call('POST', '/v1/credentials', { name: 'other', kind: 'http-basic', data: { token: canary } }),
      await api.call('POST', '/v1/credentials', { name: 'other', kind: 'http-bearer', data: { token: canary, more: canary } }),
      await api.call('PUT', `/v1/credentials/${made.body.id}`, { data: { token: `${canary}2` }, name: 'renamed' }),
      await api.call('GET', '/v1/credentials'),
      await api.call('GET', `/v1/credentials/${made.body.id}`),
      await api.call('GET', '/v1/audit-log'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 409, 422, 422, 200, 200, 200, 200]);
    for (const { text } of answers) expect(text).not.toContain('canary');
    expect(JSON.stringify(api.store.documents())).not.toContain('canary');
    expect(JSON.stringify(api.events)).not.toContain('canary');
    const opened = await openCredential(api.app, api.owner.principal.org, 'renamed');
    expect(opened).toMatchObject({ kind: 'http-bearer', data: { token: `${canary}2` } });
  });

  test('have a name once, free again when deleted', async () => {
    const body = { name: 'shop', kind: 'http-header', data: { name: 'x-key', value: 'v' } };
    const first = await api.call('POST', '/v1/credentials', body);
    expect((await api.call('DELETE', `/v1/credentials/${first.body.id}`)).status).toBe(204);
    expect((await api.call('POST', '/v1/credentials', body)).status).toBe(201);
    expect((await api.call('GET', `/v1/credentials/${first.body.id}`)).status).toBe(404);
  });

  test('a kind that no node type takes is refused with those that there are', async () => {
    const refused = await api.call('POST', '/v1/credentials', { name: 'x', kind: 'http-baerer', data: { token: 't' } });
    expect(refused.status).toBe(422);
    expect(refused.body.detail).toContain('http-basic, http-bearer, http-header, mcp-connection, oauth2-authorization-code');
    expect(refused.body.problems).toMatchObject([{ path: 'kind', code: 'NOT_ALLOWED' }]);
  });

  test('a node that names a missing one, one of a wrong kind, or takes none at all, is a problem on every way in', async () => {
    const node = (more: object) => ({ id: 'n', type: 'http.request', params: { url: 'https://a.example/' }, ...more });
    const flow = (more: object) => ({
      name: 'uses',
      nodes: [{ id: 'start', type: 'trigger.manual' }, node(more)],
      edges: [{ from: 'start', to: 'n' }],
    });
    await api.call('POST', '/v1/credentials', { name: 'shop', kind: 'http-bearer', data: { token: 't' } });
    await api.call('POST', '/v1/credentials', { name: 'door', kind: 'webhook-secret', data: { secret: 's' } });
    const set = { type: 'data.set', params: { values: {} }, credential: 'shop' };
    const faults = {
      CREDENTIAL_UNKNOWN: { credential: 'nope' },
      CREDENTIAL_KIND: { credential: 'door' },
      CREDENTIAL_NOT_TAKEN: set,
    };
    const saved = await api.call('POST', '/v1/workflows', flow({ credential: 'shop' }));
    expect(saved.status, saved.text).toBe(201);
    const path = `/v1/workflows/${saved.body.id}`;
    for (const [code, more] of Object.entries(faults)) {
      const problem = { path: 'nodes[1].credential', code };
      expect((await api.call('POST', '/v1/workflows/validate', flow(more))).body).toMatchObject({ problems: [problem] });
      expect((await api.call('PUT', path, flow(more))).body).toMatchObject({ status: 422, problems: [problem] });
      expect((await api.call('PUT', `${path}/draft`, flow(more))).body).toMatchObject({ problems: [problem] });
    }
    const imported = await api.call('POST', '/v1/workflows/import?onConflict=update', flow({ credential: 'nope' }));
    expect(imported.status, imported.text).toBe(200);
    const live = await api.call('POST', `${path}/activate`);
    expect(live.body).toMatchObject({ status: 422, problems: [{ code: 'CREDENTIAL_UNKNOWN' }] });
  });
});

describe('events', () => {
  test('start the active workflows that want them, and no others', async () => {
    const on = (params: JsonObject) => [{ id: 'on', type: 'trigger.event', params }];
    const exact = await activeWorkflow('exact', on({ type: 'order.created' }));
    const prefix = await activeWorkflow('prefix', on({ type: 'order.*', source: 'shop' }));
    const large = await activeWorkflow('large', on({ type: 'order.created', condition: '{{ input.data.total > 100 }}' }));
    const retired = await activeWorkflow('retired', on({ type: 'order.created' }));
    await api.call('POST', `/v1/workflows/${retired}/deactivate`);
    const started = async (body: JsonObject) => {
      const answer = await api.call('POST', '/v1/events', body);
      expect(answer.status, answer.text).toBe(202);
      await settled();
      const ids = Array.isArray(answer.body.executionIds) ? answer.body.executionIds : [];
      const executions = await Promise.all(ids.map((id) => api.call('GET', `/v1/executions/${id}`)));
      return executions.map(({ body: { workflowId } }) => workflowId).toSorted();
    };
    expect(await started({ type: 'order.created', source: 'shop', data: { total: 5 } })).toEqual([exact, prefix].toSorted());
    expect(await started({ type: 'order.created', source: 'desk', data: { total: 500 } })).toEqual([exact, large].toSorted());
    expect(await started({ type: 'order.created', source: 'desk', data: null })).toEqual([exact]);
    expect(await started({ type: 'order', source: 'shop' })).toEqual([]);
  });

  test('that are CloudEvents start each workflow once per source and id', async () => {
    await activeWorkflow('once', [{ id: 'on', type: 'trigger.event', params: { type: 't' } }]);
    const event = { specversion: '1.0', id: 'e1', source: 'shop', type: 't', data: { n: 1 }, customext: 'x' };
    const send = (body: JsonObject) => api.call('POST', '/v1/events', body, { 'content-type': 'application/cloudevents+json' });
    const first = await send(event);
    expect(first.status, first.text).toBe(202);
    expect((await send(event)).body).toEqual(first.body);
    expect((await send({ ...event, id: 'e2' })).body).not.toEqual(first.body);
    expect((await send({ ...event, specversion: '0.3' })).status).toBe(422);
  });

  test('that are CloudEvents in binary mode have their attributes in headers and their data as body', async () => {
    await activeWorkflow('binary', [{ id: 'on', type: 'trigger.event', params: { type: 't' } }]);
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': '/a%20b', 'ce-type': 't' };
    const first = await api.call('POST', '/v1/events', { n: 1 }, headers);
    expect(first.status, first.text).toBe(202);
    expect((await api.call('POST', '/v1/events', { n: 1 }, headers)).body).toEqual(first.body);
    await settled();
    const [id] = first.body.executionIds as string[];
    const ran = await api.call('GET', `/v1/executions/${id}`);
    expect(ran.body.input).toEqual({ type: 't', source: '/a b', data: { n: 1 }, id: 'e1' });
    const bare = await api.call('POST', '/v1/events', undefined, { ...headers, 'ce-id': 'e2' });
    expect(bare.status, bare.text).toBe(202);
    const lacking = await api.call('POST', '/v1/events', { n: 1 }, { 'ce-specversion': '1.0', 'ce-type': 't' });
    expect(lacking.body.problems).toMatchObject([{ path: 'id' }, { path: 'source' }]);
  });

  test('that lack something are told what, by path', async () => {
    const send = async (body: unknown) => (await api.call('POST', '/v1/events', body)).body;
    expect(await send({ data: 1 })).toMatchObject({
      status: 422,
      problems: [{ path: 'type', code: 'REQUIRED', message: 'type is missing.' }],
    });
    expect(await send({ specversion: '1.0', type: 't', source: 's' })).toMatchObject({
      problems: [{ path: 'id', code: 'REQUIRED', message: 'id is missing.' }],
    });
    expect(await send({ type: 't', sorce: 's' })).toMatchObject({ problems: [{ path: 'sorce', code: 'UNKNOWN_FIELD' }] });
    expect((await send([])).status).toBe(422);
  });
});

describe('callbacks', () => {
  test('resume the step that waits, once, for whoever has the address and nobody else', async () => {
    const id = await activeWorkflow(
      'callback',
      [
        { id: 'start', type: 'trigger.manual' },
        { id: 'tell', type: 'test.effect', params: { value: '{{ execution.callbackUrl("wait") }}' } },
        { id: 'wait', type: 'flow.callback' },
      ],
      [
        { from: 'start', to: 'tell' },
        { from: 'tell', to: 'wait' },
      ],
    );
    const started = await api.call('POST', `/v1/workflows/${id}/executions`, {});
    await settled();
    const path = new URL(
      String(
        api.app.effects.attempts[0]?.params && isJsonObject(api.app.effects.attempts[0].params)
          ? api.app.effects.attempts[0].params.value
          : '',
      ),
    ).pathname;
    const anonymous = { authorization: null };
    const tampered = `${path.slice(0, -1)}${path.endsWith('0') ? '1' : '0'}`;
    expect((await api.call('POST', tampered, { ok: false }, anonymous)).status).toBe(404);
    expect((await api.call('GET', path, undefined, anonymous)).status).toBe(405);
    const answered = await api.call('POST', path, { ok: true }, anonymous);
    expect([answered.status, answered.body]).toEqual([202, { executionId: started.body.id }]);
    expect((await api.call('POST', path, { ok: false }, anonymous)).status).toBe(409);
    await settled();
    expect((await api.call('GET', `/v1/executions/${started.body.id}`)).body).toMatchObject({
      status: 'succeeded',
      output: { ok: true },
    });
  });
});

describe('the rest', () => {
  test('node types come with JSON Schemas for forms', async () => {
    const types = list((await api.call('GET', '/v1/node-types')).body.items);
    expect(types.length).toBeGreaterThan(15);
    const http = types.find(({ type }) => type === 'http.request');
    expect(http).toMatchObject({
      ports: ['main', 'error'],
      effect: 'effect',
      params: { type: 'object', properties: { url: {} } },
    });
    expect(types.find(({ type }) => type === 'flow.switch')).toMatchObject({ dynamicPorts: true });
    expect((await api.call('GET', '/v1/node-types/nope')).status).toBe(404);
  });

  test('usage counts what the list shows', async () => {
    const id = await activeWorkflow('u', [{ id: 'start', type: 'trigger.manual' }]);
    for (let n = 0; n < 3; n += 1) await api.call('POST', `/v1/workflows/${id}/executions`, {}, { prefer: 'wait=5' });
    const usage = await api.call('GET', '/v1/usage');
    expect(usage.body).toMatchObject({ totals: { executions: 3, succeeded: 3, failed: 0 } });
    expect(list(usage.body.days).length).toBe(30);
    expect((await api.call('GET', '/v1/usage?from=2020-01-01T00:00:00Z')).status).toBe(422);
  });

  test('the audit log names who changed what, newest first', async () => {
    // all within one millisecond
    await api.call('POST', '/v1/variables', { name: 'a', value: 1 });
    await api.call('DELETE', '/v1/variables/a');
    const entries = list((await api.call('GET', '/v1/audit-log')).body.items);
    expect(entries.map(({ action }) => action)).toEqual(['variable.deleted', 'variable.created', 'organization.created']);
    expect(entries[0]).toMatchObject({
      by: { userId: api.owner.principal.userId, via: 'session' },
      target: { kind: 'variable', id: 'a' },
    });
  });

  test('health and readiness need no token; administration needs an administrator', async () => {
    const anonymous = { authorization: null };
    expect((await api.call('GET', '/healthz', undefined, anonymous)).body).toEqual({ status: 'ok' });
    expect((await api.call('GET', '/readyz', undefined, anonymous)).body).toMatchObject({
      status: 'ready',
      checks: { store: { ok: true } },
    });
    expect((await api.call('GET', '/v1/admin/status', undefined, anonymous)).status).toBe(401);
    expect((await api.call('GET', '/v1/admin/status')).status).toBe(200);
    expect((await api.call('POST', '/v1/admin/backup', { name: 'before-upgrade' })).body).toEqual({ file: 'before-upgrade' });
    const accept = 'application/vnd.sqlite3, application/json;q=0.5';
    const copy = await api.call('POST', '/v1/admin/backup', {}, { accept });
    expect([copy.status, copy.text, copy.headers.get('content-type')]).toEqual([200, 'copy', 'application/vnd.sqlite3']);
    expect((await api.call('POST', '/v1/admin/backup', {}, { accept, 'idempotency-key': 'k' })).status).toBe(400);
    const choice = { olderThanDays: 7, dryRun: true };
    expect((await api.call('POST', '/v1/admin/prune', choice)).body).toEqual(choice);
    for (const olderThanDays of [-1, 0.5, '7', null]) {
      expect([olderThanDays, (await api.call('POST', '/v1/admin/prune', { olderThanDays })).status]).toEqual([
        olderThanDays,
        422,
      ]);
    }
    for (const name of ['../x', '/etc/x', 'a b', '', '.', 'x'.repeat(200)]) {
      expect([name, (await api.call('POST', '/v1/admin/backup', { name })).status]).toEqual([name, 422]);
    }
  });
});
