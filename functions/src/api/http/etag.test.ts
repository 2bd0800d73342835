import { expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
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

type Case = readonly [noun: string, make: (call: Call) => Promise<string>, change: object, other: object];
type Call = Awaited<ReturnType<typeof createApiFixture>>['call'];

const nouns: readonly Case[] = [
  [
    'a variable',
    async (call) => {
      await call('POST', '/v1/variables', { name: 'limit', value: 1 });
      return '/v1/variables/limit';
    },
    { value: 2 },
    { value: 3 },
  ],
  [
    'a credential',
    async (call) => {
      const data = { token: 'a-secret-token' };
      const { body } = await call('POST', '/v1/credentials', { name: 'shop', kind: 'http-bearer', data });
      return `/v1/credentials/${String(body.id)}`;
    },
    { name: 'shop 2' },
    { name: 'shop 3' },
  ],
  [
    'a budget',
    async () => '/v1/budget',
    { monthlyMicroUsd: 1_000_000, onExceeded: 'warn' },
    { monthlyMicroUsd: 2_000_000, onExceeded: 'warn' },
  ],
];

test.each(nouns)('%s that somebody has changed since is not written over', async (_, make, change, other) => {
  const { call, app } = await createApiFixture();
  const path = await make(call);
  const read = await call('GET', path);
  const etag = String(read.headers.get('etag'));
  expect((await call('GET', path, undefined, { 'if-none-match': etag })).status).toBe(304);
  await app.fakeClock.advance(1_000);
  const first = await call('PUT', path, change, { 'if-match': etag });
  expect(first.status).toBe(200);
  const late = await call('PUT', path, other, { 'if-match': etag });
  expect([late.status, late.body.code]).toEqual([412, 'PRECONDITION_FAILED']);
  expect((await call('GET', path, undefined, { 'if-none-match': etag })).status).toBe(200);
  expect((await call('PUT', path, other, { 'if-match': String(first.headers.get('etag')) })).status).toBe(200);
  expect((await call('PUT', path, change)).status).toBe(200);
});

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
