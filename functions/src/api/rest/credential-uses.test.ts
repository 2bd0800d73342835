/** Kinds, tries and uses of credentials, what the environment brings, and what other organizations see of it all: nothing. */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import type { Principal } from '@automateos/shared/model/principal';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../adapters/http/create-http-client.ts';
import { openCredential } from '../../app/credentials/open-credential.ts';
import { createCredential } from '../../app/credentials/save-credential.ts';
import { type GivenCredential, takeEnvironmentCredentials } from '../../app/credentials/take-environment.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { startLoopbackServer } from '../../testing/loopback-server.ts';
import { type OAuthServer, oauthClient, startOAuthServer } from '../../testing/oauth-server.ts';

const http = createHttpClient({ allow: ['127.0.0.1'] });
afterAll(() => http.close());
let api: ApiFixture;

beforeEach(async () => {
  api = await createApiFixture({ http });
});

const list = (value: JsonValue | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

async function create(name: string, kind: string, data: JsonObject, more: JsonObject = {}): Promise<string> {
  const made = await api.call('POST', '/v1/credentials', { name, kind, data, ...more });
  expect(made.status, made.text).toBe(201);
  return String(made.body.id);
}

const calling = (name: string, credential: string, url = 'https://a.example/'): JsonObject => ({
  name,
  nodes: [
    { id: 'start', type: 'trigger.manual' },
    { id: 'call', type: 'http.request', params: { url }, credential },
  ],
  edges: [{ from: 'start', to: 'call' }],
});

async function run(definition: JsonObject): Promise<JsonObject> {
  const made = await api.call('POST', '/v1/workflows', definition);
  expect(made.status, made.text).toBe(201);
  const done = await api.call('POST', `/v1/workflows/${made.body.id}/executions`, {}, { prefer: 'wait=10' });
  return done.body;
}

describe('kinds', () => {
  test('are listed with the schema of their fields, which of them are secret, and where they may go', async () => {
    const items = list((await api.call('GET', '/v1/credential-types')).body.items);
    const of = (kind: string) => items.find((item) => item.kind === kind);
    expect(items.map(({ kind }) => kind)).toEqual(items.map(({ kind }) => kind).toSorted());
    expect(items.length).toBeGreaterThanOrEqual(12);
    expect(of('http-basic')).toMatchObject({ secretFields: ['password'], hosts: [], inRequests: true, test: null });
    expect(of('http-basic')?.data).toMatchObject({ type: 'object', required: ['user', 'password'] });
    expect(of('github')).toMatchObject({
      hosts: ['api.github.com', 'uploads.github.com'],
      test: { url: 'https://api.github.com/user' },
    });
    expect(of('smtp')).toMatchObject({ inRequests: false, secretFields: ['password'] });
  });

  test.each<[string, JsonObject]>([
    ['api-key', { in: 'cookie', name: 'k', value: 'v' }],
    ['oauth2-client-credentials', { tokenUrl: 'ftp://a.example', clientId: 'i', clientSecret: 's' }],
    ['oauth2-authorization-code', { tokenUrl: 'https://a.example', clientId: 'i' }],
    ['smtp', { host: 'h', port: 'p', security: 'tls' }],
    ['github', { token: '' }],
    ['openai', { apiKey: 'k', extra: 'topsecret' }],
  ])('%s takes its own fields only, and a refusal quotes none', async (kind, data) => {
    const refused = await api.call('POST', '/v1/credentials', { name: 'x', kind, data });
    expect(refused.status, refused.text).toBe(422);
    expect(refused.text).not.toContain('topsecret');
    expect(list(refused.body.problems)[0]?.path).toMatch(/^data/);
  });
});

describe('allowed hosts', () => {
  test('keep a credential from every other host, in the answer of a service too', async () => {
    await using mine = await startLoopbackServer(() => ({ body: 'mine' }));
    await using other = await startLoopbackServer(() => ({ body: 'other' }));
    const host = mine.origin.replace('http://', '');
    await create('mine', 'http-bearer', { token: 'topsecret-1' }, { allowedHosts: [host] });
    expect(await run(calling('a', 'mine', mine.origin))).toMatchObject({ status: 'succeeded' });
    expect(await run(calling('b', 'mine', other.origin))).toMatchObject({ error: { code: 'CREDENTIAL_HOST_REFUSED' } });
    expect(other.seen).toHaveLength(0);
    await create('hub', 'github', { token: 'topsecret-2' });
    expect(await run(calling('c', 'hub', other.origin))).toMatchObject({ error: { code: 'CREDENTIAL_HOST_REFUSED' } });
    expect(other.seen).toHaveLength(0);
  });

  test('hold after a redirect: another origin gets no credential, whether it is allowed or not', async () => {
    await using other = await startLoopbackServer(() => ({ body: 'other' }));
    await using mine = await startLoopbackServer(() => ({ status: 307, headers: { location: other.origin } }));
    const hosts = [mine, other].map(({ origin }) => origin.replace('http://', ''));
    await create('mine', 'api-key', { in: 'header', name: 'x-key', value: 'topsecret-1' }, { allowedHosts: hosts });
    await run(calling('a', 'mine', mine.origin));
    expect(mine.seen[0]?.headers['x-key']).toBe('topsecret-1');
    expect(other.seen[0]?.headers['x-key']).toBeUndefined();
  });

  test('are hosts, and nothing else', async () => {
    for (const host of [
      'https://a.example',
      'a.example/path',
      '*',
      '*.*.example',
      'a b',
      '',
      'user@a.example',
      'a.example:',
      '*.com',
      'a.example:99999',
    ]) {
      const body = { name: 'x', kind: 'http-bearer', data: { token: 'abcdef' }, allowedHosts: [host] };
      expect([host, (await api.call('POST', '/v1/credentials', body)).status]).toEqual([host, 422]);
    }
    const body = {
      name: 'x',
      kind: 'http-bearer',
      data: { token: 'abcdef' },
      allowedHosts: ['*.A.example', 'b.example:8443', '[::1]:9'],
    };
    expect((await api.call('POST', '/v1/credentials', body)).status).toBe(201);
  });
});

describe('a try', () => {
  test('says whether a credential works, stored or not, and shows nothing of it or of what came back', async () => {
    await using service = await startLoopbackServer(({ headers }) => ({
      status: headers.authorization === 'Bearer good-token' ? 200 : 401,
      body: String(headers.authorization),
    }));
    const id = await create('service', 'http-bearer', { token: 'good-token' });
    const stored = await api.call('POST', `/v1/credentials/${id}/test`, { url: service.origin });
    expect(stored.body, stored.text).toEqual({ ok: true, detail: `GET ${service.origin} answered with status 200.` });
    const unsaved = { kind: 'http-bearer', data: { token: 'bad-token' }, url: service.origin };
    const refused = await api.call('POST', '/v1/credentials/test', unsaved);
    expect(refused.body).toEqual({ ok: false, detail: `GET ${service.origin} answered with status 401.` });
    const away = await api.call('POST', '/v1/credentials/test', { ...unsaved, allowedHosts: ['api.example.com'] });
    expect(away.body).toMatchObject({ ok: false });
    const inside = await api.call('POST', '/v1/credentials/test', { ...unsaved, url: 'http://169.254.169.254/' });
    expect(inside.body).toMatchObject({ ok: false });
    for (const { text } of [stored, refused, away, inside]) expect(text).not.toMatch(/good-token|bad-token/);
    expect((await api.call('POST', `/v1/credentials/${id}/test`)).status).toBe(422);
    expect(
      (await api.call('POST', '/v1/credentials/test', { kind: 'smtp', data: { host: 'h', port: '25', security: 'none' } }))
        .status,
    ).toBe(422);
  });

  test('of a service of its own uses the request of its kind', async () => {
    const asked: string[] = [];
    const send = async (request: { readonly url: string; readonly headers: Readonly<Record<string, string>> }) => {
      asked.push(`${request.url} ${request.headers.authorization}`);
      const ok = request.headers.authorization === 'Bearer xoxb-good';
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ ok })), url: request.url };
    };
    api = await createApiFixture({ http: { send } });
    const id = await create('chat', 'slack', { token: 'xoxb-good' });
    expect((await api.call('POST', `/v1/credentials/${id}/test`)).body).toMatchObject({ ok: true });
    const bad = await api.call('POST', '/v1/credentials/test', { kind: 'slack', data: { token: 'xoxb-bad' } });
    expect(bad.body).toMatchObject({
      ok: false,
      detail: 'POST https://slack.com answered with status 200, but does not accept the credential.',
    });
    expect(asked[0]).toBe('https://slack.com/api/auth.test Bearer xoxb-good');
  });

  test('of a client gets a token and stores none', async () => {
    const server: OAuthServer = await startOAuthServer();
    const data = { tokenUrl: `${server.origin}/token`, ...oauthClient };
    const good = await api.call('POST', '/v1/credentials/test', { kind: 'oauth2-client-credentials', data });
    expect(good.body).toEqual({ ok: true, detail: 'The authorization server gave a token.' });
    const bad = await api.call('POST', '/v1/credentials/test', {
      kind: 'oauth2-client-credentials',
      data: { ...data, clientSecret: 'wrong-secret' },
    });
    expect(bad.body).toMatchObject({ ok: false });
    expect(bad.text).not.toContain('wrong-secret');
    expect(list((await api.call('GET', '/v1/credentials')).body.items)).toEqual([]);
    await server.close();
  });
});

describe('a credential in use', () => {
  test('is listed with the nodes that name it, by id or name, and is not deleted unless one insists', async () => {
    const id = await create('shop', 'http-bearer', { token: 'abcdef' });
    await create('other', 'http-bearer', { token: 'abcdef' });
    const byName = await api.call('POST', '/v1/workflows?activate=true', calling('by-name', 'shop'));
    const byId = await api.call('POST', '/v1/workflows', calling('by-id', id));
    await api.call('POST', '/v1/workflows', calling('not', 'other'));
    await api.call('PUT', `/v1/workflows/${byName.body.id}`, calling('by-name', 'other'));
    const uses = await api.call('GET', `/v1/credentials/${id}/used-by`);
    expect(uses.body).toEqual({
      items: [
        { workflowId: byId.body.id, name: 'by-id', version: 1, active: false, nodes: ['call'] },
        { workflowId: byName.body.id, name: 'by-name', version: 1, active: true, nodes: ['call'] },
      ],
      truncated: false,
    });
    const kept = await api.call('DELETE', `/v1/credentials/${id}`);
    expect(kept.status).toBe(409);
    expect(kept.body.detail).toContain('by-id, by-name');
    expect((await api.call('DELETE', `/v1/credentials/${id}?force=true`)).status).toBe(204);
  });

  test('of another organization is not found, by id or name, by steps, by imports or by any call', async () => {
    const stranger: Principal = { org: 'org_stranger', userId: 'usr_stranger', role: 'owner', via: 'session' };
    const data = { token: 'of-the-stranger' };
    const { id } = await createCredential(api.app, stranger, { name: 'theirs', kind: 'http-bearer', data });
    for (const name of [id, 'theirs']) {
      await expect(openCredential(api.app, api.owner.principal.org, name)).rejects.toThrow('There is no credential');
      expect((await api.call('POST', '/v1/workflows', calling(`w-${name}`, name))).status).toBe(422);
      const imported = await api.call('POST', '/v1/workflows/import', calling(`i-${name}`, name));
      expect(imported.status, imported.text).toBeLessThan(300);
      const started = await api.call('POST', `/v1/workflows/${imported.body.id}/executions`, {}, { prefer: 'wait=10' });
      expect(started.body).toMatchObject({ status: 'failed', error: { code: 'CREDENTIAL_NOT_FOUND' } });
    }
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', '/used-by'],
      ['POST', '/test'],
      ['POST', '/authorize'],
    ] as const) {
      const answer = await api.call(method, `/v1/credentials/${id}${path}`, method === 'PUT' ? { name: 'x' } : undefined);
      expect([method, path, answer.status]).toEqual([method, path, 404]);
    }
  });
});

describe('credentials from the environment', () => {
  const given = (token: string): readonly GivenCredential[] => [
    { name: 'env-shop', kind: 'http-bearer', data: { token }, allowedHosts: ['shop.example'] },
  ];
  const take = (credentials: readonly GivenCredential[]) =>
    takeEnvironmentCredentials(api.app, api.owner.principal.org, credentials);

  test('are found by name, follow the environment with each start, and are changed nowhere else', async () => {
    await take(given('first-token'));
    const before = list((await api.call('GET', '/v1/credentials')).body.items)[0];
    expect(before).toMatchObject({ name: 'env-shop', source: 'environment', fields: ['token'], allowedHosts: ['shop.example'] });
    const opened = await openCredential(api.app, api.owner.principal.org, 'env-shop');
    expect(opened).toMatchObject({ data: { token: 'first-token' }, hosts: ['shop.example'] });
    expect((await api.call('POST', '/v1/workflows', calling('w', 'env-shop'))).status).toBe(201);
    const path = `/v1/credentials/${before?.id}`;
    expect((await api.call('PUT', path, { data: { token: 'mine' } })).status).toBe(409);
    expect((await api.call('DELETE', `${path}?force=true`)).status).toBe(409);
    await take(given('first-token'));
    expect((await api.call('GET', path)).body).toEqual(before);
    await take(given('second-token'));
    expect((await openCredential(api.app, api.owner.principal.org, 'env-shop')).data.token).toBe('second-token');
    await take([]);
    expect((await api.call('GET', path)).status).toBe(404);
    expect(JSON.stringify(api.store.documents())).not.toMatch(/first-token|second-token/);
  });

  test('that cannot be used, or whose name is taken, stop the start with their name and no value', async () => {
    const bad = [{ name: 'bad', kind: 'http-basic', data: { token: 'topsecret' }, allowedHosts: [] }];
    await expect(take(bad)).rejects.toThrow(/bad.*data\.user/);
    await expect(take(bad)).rejects.not.toThrow('topsecret');
    await create('env-shop', 'http-bearer', { token: 'abcdef' });
    await expect(take(given('topsecret'))).rejects.toThrow('env-shop');
  });
});
