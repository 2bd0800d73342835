/**
 * A canary for secrets: credentials go out in headers, addresses and bodies to a service that sends back all it got in every spelling it
 * can think of; then everything that is stored, logged or answered is searched for them. Real database files and blobs, all of them.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@automateos/shared/model/json';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAesSecretBox } from '../../adapters/embedded/aes-secret-box.ts';
import { createFileBlobs } from '../../adapters/embedded/file-blobs.ts';
import { createKeyRing } from '../../adapters/embedded/key-file-ring.ts';
import { createOrganizationDataKeys } from '../../adapters/embedded/organization-data-keys.ts';
import { shippedIndexes } from '../../adapters/embedded/shipped-indexes.ts';
import { createSqliteStore } from '../../adapters/embedded/sqlite-store.ts';
import { createHttpClient } from '../../adapters/http/create-http-client.ts';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { type LoopbackServer, startLoopbackServer } from '../../testing/loopback-server.ts';
import { type OAuthServer, oauthClient, startOAuthServer } from '../../testing/oauth-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'canary-'));
const store = createSqliteStore({ file: join(folder, 'data.sqlite3'), indexes: shippedIndexes() });
const keyRing = createKeyRing([{ id: 'test', bytes: new Uint8Array(32).fill(3) }]);
const dataKeys = createOrganizationDataKeys({ store, keyRing, now: () => 0 });
const http = createHttpClient({ allow: ['127.0.0.1'] });

const canaries = {
  header: 'c4nary-header "q" \\ /+=&',
  query: 'c4nary-query/+=&? %41',
  password: 'c4nary-pass:word+/',
  client: oauthClient.clientSecret,
} as const;

let api: ApiFixture;
let echo: LoopbackServer;
let oauth: OAuthServer;
const answers: string[] = [];

let before: readonly string[] = [];

/** Everything that a careless service could say of this request and of the one before it. */
function parrot(request: LoopbackServer['seen'][number]): JsonObject {
  const heard = [...Object.values(request.headers).map(String), request.url];
  const carried = [canaries.header, canaries.query, canaries.password].filter((secret) =>
    [secret, new URLSearchParams({ a: secret }).toString().slice(2), Buffer.from(`me:${secret}`).toString('base64')].some(
      (text) => heard.join(' ').includes(text),
    ),
  );
  const texts = [...heard, ...carried, ...before];
  before = heard;
  const whole = JSON.stringify({ texts });
  return {
    ...{ texts, escaped: whole, encoded: texts.map(encodeURIComponent), form: new URLSearchParams({ a: whole }).toString() },
    base64: texts.map((text) => Buffer.from(text).toString('base64')),
    shifted: texts.flatMap((text) => ['x', 'xy'].map((start) => Buffer.from(`${start}${text}z`).toString('base64url'))),
    hex: texts.map((text) => Buffer.from(text).toString('hex')),
    [`key ${carried.join(' ')}`]: 1,
  };
}

beforeAll(async () => {
  echo = await startLoopbackServer((request) => {
    const body = JSON.stringify({ ...parrot(request), filler: request.url.includes('large') ? 'x'.repeat(400_000) : '' });
    const status = request.url.includes('fail') ? 500 : 200;
    const headers = { 'content-type': 'application/json', 'x-echo': String(request.headers.authorization ?? request.url) };
    return { status, headers, body };
  });
  oauth = await startOAuthServer();
  const blobs = createFileBlobs({ folder: join(folder, 'blobs') });
  api = await createApiFixture({ store, blobs, http, dataKeys, secrets: createAesSecretBox(keyRing, dataKeys) });
});

afterAll(async () => {
  await Promise.all([echo.close(), oauth.close(), http.close()]);
  rmSync(folder, { recursive: true });
});

async function ask(method: string, path: string, body?: unknown): Promise<JsonObject> {
  const answer = await api.call(method, path, body);
  answers.push(`${method} ${path} ${answer.text} ${JSON.stringify([...answer.headers])}`);
  return answer.body;
}

const call = (id: string, path: string, credential?: string): JsonObject => ({
  ...{ id, type: 'http.request', onError: 'continue', retry: { maxAttempts: 2, initialMs: 1 } },
  params: { method: 'POST', url: `${echo.origin}/${path}`, body: { seen: '{{ input }}' } },
  ...(credential === undefined ? {} : { credential }),
});

/** Requests are real, waits between tries are not. */
async function ended(execution: string): Promise<JsonObject> {
  for (;;) {
    const found = await ask('GET', execution);
    if (found.status !== 'running' && found.status !== 'waiting') return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
    await api.app.fakeClock.advance(1_000);
  }
}

/** Each spelling of each canary, and a piece of each that no masking may leave. */
function spelled(): readonly string[] {
  return Object.values(canaries)
    .flatMap((secret) => [
      ...[
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
        new URLSearchParams({ a: secret }).toString().slice(2),
      ],
      ...[Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('base64url'), Buffer.from(secret).toString('hex')],
      ...[secret.slice(0, 11), Buffer.from(secret).toString('base64').slice(0, 12)],
    ])
    .concat('Bearer at-');
}

test('no canary is stored, logged or answered, in whatever spelling it comes back', async () => {
  await ask('POST', '/v1/credentials', { name: 'header', kind: 'http-header', data: { name: 'x-key', value: canaries.header } });
  await ask('POST', '/v1/credentials', {
    name: 'query',
    kind: 'api-key',
    data: { in: 'query', name: 'key', value: canaries.query },
  });
  await ask('POST', '/v1/credentials', { name: 'basic', kind: 'http-basic', data: { user: 'me', password: canaries.password } });
  const client = { tokenUrl: `${oauth.origin}/token`, ...oauthClient, clientAuth: 'post' };
  await ask('POST', '/v1/credentials', { name: 'client', kind: 'oauth2-client-credentials', data: client });
  const chain = [
    ...[call('a', 'ok', 'header'), call('b', 'large', 'query'), call('c', 'fail', 'basic'), call('d', 'ok', 'client')],
    ...[call('e', 'ok'), { id: 'f', type: 'data.set', params: { values: { all: '{{ steps.d.output }}' } } }],
  ];
  const nodes = [{ id: 'start', type: 'trigger.manual' }, ...chain];
  const edges = chain.map(({ id }, index) => ({ from: index === 0 ? 'start' : String(chain[index - 1]?.id), to: String(id) }));
  const made = await ask('POST', '/v1/workflows', { name: 'canary', nodes, edges });
  const started = await ask('POST', `/v1/workflows/${made.id}/executions`, { input: { order: 1 } });
  const execution = `/v1/executions/${started.id}`;
  const done = await ended(execution);
  expect(done.status, JSON.stringify(done).slice(0, 2_000)).toBe('succeeded');
  expect(echo.seen.map(({ url }) => url.split('?')[0])).toEqual(['/ok', '/large', '/fail', '/fail', '/ok', '/ok']);
  expect(echo.seen[0]?.headers['x-key']).toBe(canaries.header);
  expect(echo.seen[1]?.url).toContain('c4nary-query');
  expect(oauth.seen[0]?.body.toString()).toContain('client_secret=client-s3cret');
  for (const path of ['/steps', '/logs', '/events', '/steps?nodeId=c']) await ask('GET', `${execution}${path}`);
  for (const path of ['export?format=yaml', 'export?format=json', 'draft', 'versions'])
    await ask('GET', `/v1/workflows/${made.id}/${path}`);
  for (const path of ['credentials', 'audit-log', 'dead-letters', 'executions', 'usage']) await ask('GET', `/v1/${path}`);
  await store.close();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(1);
  const stored = files.map(({ parentPath, name }) => ({
    place: name,
    text: readFileSync(join(parentPath, name)).toString('latin1'),
  }));
  const places = [
    ...stored,
    ...answers.map((text) => ({ place: text.slice(0, 60), text })),
    { place: 'log', text: JSON.stringify(api.events) },
  ];
  for (const { place, text } of places)
    for (const secret of spelled()) expect([place, secret, text.includes(secret)]).toEqual([place, secret, false]);
  const shown = places.map(({ text }) => text).join('\n');
  for (const name of ['header', 'query', 'basic', 'client']) expect(shown).toContain(`[secret:${name}]`);
});
