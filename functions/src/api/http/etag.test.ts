import { expect, test } from 'vitest';
import { type ApiFixture, createApiFixture } from '../../testing/api-fixture.ts';
import { createPerson } from '../../testing/matrix/callers.ts';
import { contentEtag, etagOf, hasMatch, ifMatch, ifMatchContent } from './etag.ts';

test('an ETag of a revision is one whatever stands behind it', () => {
  for (const tag of [etagOf(3), etagOf(3, '.2'), etagOf(3, '-yaml'), etagOf(3, '.2-yaml'), '3']) expect(ifMatch(tag)).toBe(3);
  for (const header of [null, '*', ' * ']) expect(ifMatch(header)).toBeUndefined();
  expect(ifMatch('W/"3"')).toBe(-1);
  for (const header of ['"3", "4"', '"3x"', '"', '""', '"3.2.1"', '"\u0000"', '"1e9"', `"${'9'.repeat(40)}"`])
    expect(() => ifMatch(header)).toThrow();
});

test('an ETag of content is the same for the same content, and another for other content', () => {
  const view = { name: 'a', value: 1 };
  expect(contentEtag(view)).toBe(contentEtag({ ...view }));
  const expected = ifMatchContent<typeof view>(contentEtag(view), (current) => current);
  expect([expected?.(view), expected?.({ name: 'a', value: 2 })]).toEqual([true, false]);
  expect(ifMatchContent(null, (current: object) => current)).toBeUndefined();
  expect(ifMatchContent(`W/${contentEtag(view)}`, (current: object) => current)?.(view)).toBe(false);
});

test('If-None-Match takes lists and weak tags', () => {
  expect(['"1"', '"0", "1"', 'W/"1"', '*', '"2"', ''].map((header) => hasMatch(header, '"1"'))).toEqual([
    ...[true, true, true, true],
    ...[false, false],
  ]);
});

test('what moves by itself makes another ETag, which holds a writer to the same', () => {
  const view = { limit: 5 };
  const [before, after] = [contentEtag(view, { used: 1 }), contentEtag(view, { used: 2 })];
  expect(before).not.toBe(after);
  for (const tag of [before, after, contentEtag(view)]) {
    const expected = ifMatchContent<typeof view>(tag, (current) => current);
    expect([expected?.(view), expected?.({ limit: 6 })]).toEqual([true, false]);
  }
});

type Case = {
  readonly noun: string;
  readonly make: (fixture: ApiFixture) => Promise<string>;
  /** How it is changed, and to what; absent for what is only made and deleted. */
  readonly method?: 'PUT' | 'PATCH';
  readonly change?: object;
  readonly other?: object;
  /** What cannot be deleted. */
  readonly stays?: true;
};

const organizationOf = ({ owner }: ApiFixture): string => owner.principal.org;
const owned = { monthlyMicroUsd: 1_000_000, onExceeded: 'warn' };
const endpoint = { url: 'https://hooks.example/in', events: ['execution.failed'] };

const nouns: readonly Case[] = [
  {
    noun: 'a variable',
    make: async ({ call }) => {
      await call('POST', '/v1/variables', { name: 'limit', value: 1 });
      return '/v1/variables/limit';
    },
    ...{ method: 'PUT', change: { value: 2 }, other: { value: 3 } },
  },
  {
    noun: 'a credential',
    make: async ({ call }) => {
      const data = { token: 'a-secret-token' };
      const { body } = await call('POST', '/v1/credentials', { name: 'shop', kind: 'http-bearer', data });
      return `/v1/credentials/${String(body.id)}`;
    },
    ...{ method: 'PUT', change: { name: 'shop 2' }, other: { name: 'shop 3' } },
  },
  {
    noun: 'a budget',
    make: async ({ call }) => {
      await call('PUT', '/v1/budget', owned);
      return '/v1/budget';
    },
    ...{ method: 'PUT', change: { ...owned, onExceeded: 'stop' }, other: { ...owned, monthlyMicroUsd: 2 } },
  },
  {
    noun: 'a member',
    make: async (fixture) => `/v1/members/${(await createPerson(fixture, organizationOf(fixture), 'viewer', 'ann')).userId}`,
    ...{ method: 'PATCH', change: { role: 'editor' }, other: { role: 'admin' } },
  },
  {
    noun: 'an organization',
    make: async (fixture) => `/v1/organizations/${organizationOf(fixture)}`,
    ...{ method: 'PATCH', change: { name: 'Works' }, other: { name: 'Labs' }, stays: true },
  },
  {
    noun: 'the quotas of an organization',
    make: async (fixture) => `/v1/admin/organizations/${organizationOf(fixture)}/quotas`,
    ...{ method: 'PATCH', change: { members: 5 }, other: { workflows: 7 }, stays: true },
  },
  {
    noun: 'a webhook endpoint',
    make: async ({ call }) => `/v1/webhook-endpoints/${String((await call('POST', '/v1/webhook-endpoints', endpoint)).body.id)}`,
    ...{ method: 'PATCH', change: { description: 'of ops' }, other: { enabled: false } },
  },
  {
    noun: 'an API key',
    make: async ({ call }) => `/v1/api-keys/${String((await call('POST', '/v1/api-keys', { name: 'deploys' })).body.id)}`,
  },
];

const changing = nouns.flatMap(({ noun, make, method, change, other }) =>
  method === undefined ? [] : [{ noun, make, method, change, other }],
);

test.each(changing)('$noun that somebody has changed since is not written over', async ({ make, method, change, other }) => {
  const fixture = await createApiFixture();
  const { call, app } = fixture;
  const path = await make(fixture);
  const etag = String((await call('GET', path)).headers.get('etag'));
  expect((await call('GET', path, undefined, { 'if-none-match': etag })).status).toBe(304);
  await app.fakeClock.advance(1_000);
  const first = await call(method, path, change, { 'if-match': etag });
  expect(first.status, first.text).toBe(200);
  const late = await call(method, path, other, { 'if-match': etag });
  expect([late.status, late.body.code]).toEqual([412, 'PRECONDITION_FAILED']);
  const now = await call('GET', path, undefined, { 'if-none-match': etag });
  expect([now.status, now.headers.get('etag')]).toEqual([200, first.headers.get('etag')]);
  expect((await call(method, path, other, { 'if-match': String(first.headers.get('etag')) })).status).toBe(200);
  expect((await call(method, path, change)).status).toBe(200);
});

test.each(changing)('of several who hold to the same state of $noun one writes', async ({ make, method, change, other }) => {
  const fixture = await createApiFixture();
  const { call, app } = fixture;
  const path = await make(fixture);
  const etag = String((await call('GET', path)).headers.get('etag'));
  await app.fakeClock.advance(1_000);
  const bodies = [change, other, change, other];
  const answers = await Promise.all(bodies.map((body) => call(method, path, body, { 'if-match': etag })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412]);
});

test.each(nouns.filter(({ stays }) => !stays))('$noun is deleted as it was read, or not', async ({ make, method, change }) => {
  const fixture = await createApiFixture();
  const { call, app } = fixture;
  const path = await make(fixture);
  const etag = String((await call('GET', path)).headers.get('etag'));
  await app.fakeClock.advance(1_000);
  if (method !== undefined) await call(method, path, change);
  const stale = await call('DELETE', path, undefined, { 'if-match': method === undefined ? '"another"' : etag });
  expect([stale.status, stale.body.code]).toEqual([412, 'PRECONDITION_FAILED']);
  const fresh = String((await call('GET', path)).headers.get('etag'));
  expect((await call('DELETE', path, undefined, { 'if-match': fresh })).status).toBe(204);
});

test('a draft is discarded as it was read, or not', async () => {
  const { call } = await createApiFixture();
  const definition = { name: 'w', nodes: [{ id: 'start', type: 'trigger.manual' }] };
  const path = `/v1/workflows/${String((await call('POST', '/v1/workflows', definition)).body.id)}/draft`;
  const read = String((await call('PUT', path, definition)).headers.get('etag'));
  const saved = String((await call('PUT', path, { ...definition, description: 'more' })).headers.get('etag'));
  const stale = await call('DELETE', path, undefined, { 'if-match': read });
  expect([stale.status, stale.body.code]).toEqual([412, 'VERSION_MISMATCH']);
  expect((await call('DELETE', path, undefined, { 'if-match': saved })).status).toBe(204);
});

test('the OpenAPI document tells of every condition: the headers, 304 and 412', async () => {
  const { body } = await (await createApiFixture()).call('GET', '/openapi.json');
  const document = body as { readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>> }; // as buildOpenApi writes it
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { parameters, responses }]) => {
      const names = parameters.map(({ name }) => name);
      const isTold =
        (!names.includes('If-Match') || '412' in responses) &&
        (!names.includes('If-None-Match') || ('304' in responses && responses['200']?.headers?.ETag !== undefined));
      expect([method, path, isTold]).toEqual([method, path, true]);
      return names.includes('If-Match') || names.includes('If-None-Match') ? [`${method} ${path}`] : [];
    }),
  );
  for (const path of [
    '/v1/variables/{name}',
    '/v1/credentials/{id}',
    '/v1/budget',
    '/v1/members/{id}',
    '/v1/webhook-endpoints/{id}',
  ])
    for (const method of ['get', 'delete']) expect(told).toContain(`${method} ${path}`);
});

type Described = {
  readonly parameters: readonly { readonly name: string }[];
  readonly responses: Readonly<Record<string, { readonly headers?: { readonly ETag?: object } }>>;
};

test('activation changes what a reader of the workflow sees, not what a writer is held to', async () => {
  const { call } = await createApiFixture();
  const definition = { name: 'w', nodes: [{ id: 'start', type: 'trigger.manual' }] };
  const created = await call('POST', '/v1/workflows', definition);
  const path = `/v1/workflows/${String(created.body.id)}`;
  const etag = String(created.headers.get('etag'));
  await call('POST', `${path}/activate`, {});
  const read = await call('GET', path, undefined, { 'if-none-match': etag });
  expect([read.status, read.headers.get('etag')]).toEqual([200, '"1.1"']);
  const yaml = await call('GET', path, undefined, { accept: 'application/yaml', 'if-none-match': '"1.1"' });
  expect([yaml.status, yaml.headers.get('etag')]).toEqual([200, '"1.1-yaml"']);
  expect((await call('PUT', path, definition, { 'if-match': etag })).status).toBe(200);
  expect((await call('PUT', path, definition, { 'if-match': etag })).status).toBe(412);
});
