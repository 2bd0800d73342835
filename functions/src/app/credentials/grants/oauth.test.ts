/** OAuth grants against a server of ours that is stricter than most: PKCE, one use per code, rotating refresh tokens with reuse detection. */
import { generateKeyPairSync } from 'node:crypto';
import type { DefinitionInput } from '@automateos/shared/model/definition';
import { paths } from '@automateos/shared/model/paths';
import { StepError } from '@automateos/shared/model/step-error';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpClient } from '../../../adapters/http/create-http-client.ts';
import { type ApiFixture, createApiFixture } from '../../../testing/api-fixture.ts';
import { type OAuthServer, oauthClient, startOAuthServer } from '../../../testing/oauth-server.ts';
import { openCredential } from '../open-credential.ts';
import { planSecrets } from '../plan-secrets.ts';

let server: OAuthServer;
let api: ApiFixture;
const http = createHttpClient({ allow: ['127.0.0.1'] });

beforeEach(async () => {
  server = await startOAuthServer();
  api = await createApiFixture({ http });
});
afterEach(() => server.close());

const org = (): string => api.owner.principal.org;
const open = async () => (await openCredential(api.app, org(), 'service')).data.accessToken;
const codeOf = (running: Promise<unknown>): Promise<string> =>
  running.then(
    () => 'fine',
    (error: unknown) => (error instanceof StepError ? error.failure.code : String(error)),
  );

async function create(kind: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const made = await api.call('POST', '/v1/credentials', {
    ...{ name: 'service', kind },
    data: { tokenUrl: `${server.origin}/token`, ...oauthClient, ...more },
  });
  expect(made.status, made.text).toBe(201);
  return String(made.body.id);
}

const createCode = () =>
  create('oauth2-authorization-code', { authorizationUrl: `${server.origin}/authorize?tenant=1`, scopes: 'read write' });

async function authorize(id: string): Promise<URL> {
  const started = await api.call('POST', `/v1/credentials/${id}/authorize`);
  expect(started.status, started.text).toBe(200);
  return new URL(String(started.body.url));
}

const back = (url: URL) => api.call('GET', `${url.pathname}${url.search}`, undefined, { authorization: null });

async function authorized(): Promise<string> {
  const id = await createCode();
  expect((await back(server.approve((await authorize(id)).href))).status).toBe(200);
  return id;
}

describe('an authorization', () => {
  test('sends the person to the service with PKCE and a fixed way back, and ends with tokens that nobody is shown', async () => {
    const id = await createCode();
    expect((await api.call('GET', `/v1/credentials/${id}`)).body).toMatchObject({ authorization: 'none' });
    expect(await codeOf(open())).toBe('CREDENTIAL_EXPIRED');
    const url = await authorize(id);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      ...{
        tenant: '1',
        response_type: 'code',
        client_id: oauthClient.clientId,
        scope: 'read write',
        code_challenge_method: 'S256',
      },
      redirect_uri: `${api.app.settings.publicUrl}/v1/oauth/callback`,
    });
    const page = await back(server.approve(url.href));
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await api.call('GET', `/v1/credentials/${id}`)).body).toMatchObject({ authorization: 'authorized' });
    const token = String(await open());
    expect(token).toMatch(/^at-/);
    const stored = JSON.stringify(api.store.documents());
    for (const secret of [token, 'rt-', oauthClient.clientSecret]) expect(stored).not.toContain(secret);
    expect(JSON.stringify(api.events)).not.toContain(token);
  });

  test('counts once, within ten minutes, and only for a state that was given out', async () => {
    const id = await createCode();
    const url = server.approve((await authorize(id)).href);
    const forged = new URL(url);
    forged.searchParams.set('state', 'x'.repeat(43));
    expect((await back(forged)).status).toBe(400);
    const both = await Promise.all([back(url), back(url)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    expect((await back(url)).status).toBe(400);
    const late = server.approve((await authorize(id)).href);
    await api.app.fakeClock.advance(600_001);
    expect((await back(late)).status).toBe(400);
    expect(JSON.stringify(api.store.documents())).not.toContain(url.searchParams.get('state'));
  });

  test('of a code that was got with another verifier, of changed data or of a person who may no more, stores nothing', async () => {
    const id = await createCode();
    const [one, other] = [await authorize(id), await authorize(id)];
    const mixed = server.approve(one.href);
    mixed.searchParams.set('state', other.searchParams.get('state') ?? '');
    expect((await back(mixed)).status).toBe(400);
    const before = server.approve((await authorize(id)).href);
    const data = { tokenUrl: `${server.origin}/token?2`, authorizationUrl: 'https://evil.example/', ...oauthClient };
    expect((await api.call('PUT', `/v1/credentials/${id}`, { data })).status).toBe(200);
    expect((await back(before)).status).toBe(400);
    const demoted = server.approve((await authorize(id)).href);
    const member = paths.member(org(), api.owner.principal.userId);
    const row = await api.store.get(member);
    await api.store.commit([{ kind: 'set', path: member, data: { ...row?.data, role: 'viewer' } }]);
    expect((await back(demoted)).status).toBe(400);
    expect(await codeOf(open())).toBe('CREDENTIAL_EXPIRED');
  });

  test('that is denied says so, and nothing of the address comes back in the page', async () => {
    const id = await createCode();
    const url = new URL('http://x/v1/oauth/callback');
    const state = (await authorize(id)).searchParams.get('state') ?? '';
    const script = '<script>alert(1)</script>';
    for (const [name, value] of Object.entries({
      error: script,
      error_description: script,
      redirect_uri: 'https://evil.example',
      state,
    }))
      url.searchParams.set(name, value);
    const denied = await back(url);
    expect(denied.status).toBe(400);
    expect(denied.headers.get('location')).toBeNull();
    for (const reflected of ['script', 'evil', state]) expect(denied.text).not.toContain(reflected);
    expect((await back(url)).status).toBe(400);
  });

  test('is for kinds that have one, for those who may write, in their own organization', async () => {
    const made = await api.call('POST', '/v1/credentials', { name: 'plain', kind: 'http-bearer', data: { token: 'abcdefgh' } });
    expect((await api.call('POST', `/v1/credentials/${made.body.id}/authorize`)).status).toBe(422);
    expect((await api.call('POST', '/v1/credentials/crd_foreign/authorize')).status).toBe(404);
    const key = await api.call('POST', '/v1/api-keys', { name: 'v', role: 'viewer' });
    const as = { authorization: `Bearer ${key.body.key}` };
    expect((await api.call('POST', `/v1/credentials/${made.body.id}/authorize`, undefined, as)).status).toBe(403);
  });
});

describe('a token that is about to end', () => {
  test('is renewed once, however many steps ask at the same time, and the refresh token that came with it is used next', async () => {
    await authorized();
    const first = await open();
    expect(server.counts.refreshes).toBe(0);
    for (const round of [1, 2, 3]) {
      await api.app.fakeClock.advance(3_595_000);
      const tokens = await Promise.all(Array.from({ length: 20 }, () => open()));
      expect(new Set(tokens).size).toBe(1);
      expect(tokens[0]).not.toBe(first);
      expect(server.counts).toMatchObject({ refreshes: round, reused: 0 });
    }
  });

  test('is renewed by whoever comes next when the one at it has died', async () => {
    await authorized();
    await api.app.fakeClock.advance(3_595_000);
    const dying = await createApiFixtureOver(api, () => new Promise(() => {}));
    openCredential(dying, org(), 'service').catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    await api.app.fakeClock.advance(1);
    const waiting = open();
    for (let waited = 0; waited < 60; waited += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await api.app.fakeClock.advance(1_000);
    }
    expect(String(await waiting)).toMatch(/^at-/);
    expect(server.counts).toMatchObject({ refreshes: 1, reused: 0 });
  });

  test('that the service does not renew any more has to be authorized again, and is not asked for until then', async () => {
    const id = await authorized();
    server.revokeAll();
    await api.app.fakeClock.advance(3_595_000);
    expect(await codeOf(open())).toBe('CREDENTIAL_EXPIRED');
    expect(await codeOf(open())).toBe('CREDENTIAL_EXPIRED');
    expect(server.counts.refreshes).toBe(1);
    expect((await api.call('GET', `/v1/credentials/${id}`)).body).toMatchObject({ authorization: 'expired' });
    expect((await back(server.approve((await authorize(id)).href))).status).toBe(200);
    expect(String(await open())).toMatch(/^at-/);
  });

  test('is asked for again after an outage, with the refresh token that it had', async () => {
    await authorized();
    await api.app.fakeClock.advance(3_595_000);
    server.failing = 503;
    expect(await codeOf(open())).toBe('CREDENTIAL_UNAVAILABLE');
    server.failing = null;
    expect(String(await open())).toMatch(/^at-/);
    expect(server.counts).toMatchObject({ refreshes: 1, reused: 0 });
  });

  test('and a change of the credential meanwhile: the name is kept, new data ends the grant', async () => {
    const id = await authorized();
    await api.app.fakeClock.advance(3_595_000);
    server.onTokenRequest = async () => {
      server.onTokenRequest = null;
      expect((await api.call('PUT', `/v1/credentials/${id}`, { name: 'service', allowedHosts: ['127.0.0.1'] })).status).toBe(200);
    };
    expect(String(await open())).toMatch(/^at-/);
    expect((await api.call('GET', `/v1/credentials/${id}`)).body).toMatchObject({ authorization: 'authorized' });
    await api.app.fakeClock.advance(3_595_000);
    server.onTokenRequest = async () => {
      server.onTokenRequest = null;
      const data = { tokenUrl: `${server.origin}/token?2`, authorizationUrl: `${server.origin}/a`, ...oauthClient };
      expect((await api.call('PUT', `/v1/credentials/${id}`, { data })).status).toBe(200);
    };
    expect(await codeOf(open())).toBe('CREDENTIAL_EXPIRED');
  });
});

describe('tokens without a person', () => {
  test('client credentials are asked for once and kept, and asked for anew when they end', async () => {
    await create('oauth2-client-credentials', { scopes: 'a b' });
    const tokens = await Promise.all(Array.from({ length: 10 }, () => open()));
    expect(new Set(tokens).size).toBe(1);
    expect(server.counts.clientCredentials).toBe(1);
    expect(server.seen[0]?.body.toString()).toContain('scope=a+b');
    await api.app.fakeClock.advance(3_595_000);
    const later = await open();
    expect(later).not.toBe(tokens[0]);
    expect(server.counts.clientCredentials).toBe(2);
    // both are hidden, here and in a process that has opened neither
    const definition: DefinitionInput = {
      name: 'w',
      nodes: [{ id: 'a', type: 'http.request', params: { url: 'https://a.b' }, credential: 'service' }],
    };
    const hidden = (await planSecrets(api.app, org(), api.app.plan(definition))).map(({ value }) => value);
    for (const secret of [tokens[0], later, oauthClient.clientSecret]) expect(hidden).toContain(secret);
  });

  test('a wrong secret is a clear failure that no retry repeats, and shows no secret', async () => {
    await create('oauth2-client-credentials', { clientSecret: 'wrong-s3cret' });
    const failure = await open().then(
      () => null,
      (error: unknown) => (error instanceof StepError ? error.failure : null),
    );
    expect(failure).toMatchObject({ code: 'CREDENTIAL_REFUSED', retryable: false });
    expect(failure?.message).toContain('invalid_client');
    expect(failure?.message).not.toContain('s3cret');
  });

  test('a service account signs an assertion for the address that its key file names', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const key = {
      client_email: 'robot@p.iam.example',
      private_key: pem,
      private_key_id: 'k1',
      token_uri: `${server.origin}/token`,
    };
    const data = { key: JSON.stringify(key), scopes: 'https://www.googleapis.com/auth/drive' };
    const made = await api.call('POST', '/v1/credentials', { name: 'service', kind: 'google-service-account', data });
    expect(made.status, made.text).toBe(201);
    expect(String(await open())).toMatch(/^at-/);
    const assertion = new URLSearchParams(server.seen[0]?.body.toString()).get('assertion') ?? '';
    const part = (at: number) => JSON.parse(Buffer.from(assertion.split('.')[at] ?? '', 'base64url').toString());
    expect(part(0)).toMatchObject({ alg: 'RS256', kid: 'k1' });
    expect(part(1)).toMatchObject({ iss: 'robot@p.iam.example', aud: `${server.origin}/token`, scope: data.scopes });
  });

  test('a token address that is private, not allowed by the operator, or not https, is never asked', async () => {
    for (const tokenUrl of ['http://169.254.169.254/token', 'http://token.example/token', 'https://10.0.0.1/token']) {
      await api.call('POST', '/v1/credentials', {
        ...{ name: tokenUrl, kind: 'oauth2-client-credentials' },
        data: { tokenUrl, ...oauthClient },
      });
      expect(await codeOf(openCredential(api.app, org(), tokenUrl))).toMatch(/^(EGRESS_REFUSED|CREDENTIAL_REFUSED)$/);
    }
  });
});

/** The same store and clock with another way out. */
async function createApiFixtureOver(fixture: ApiFixture, send: ApiFixture['app']['http']['send']) {
  return { ...fixture.app, http: { send } };
}
