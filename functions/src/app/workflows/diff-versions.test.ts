import { Definition, type DefinitionInput } from '@automateos/shared/model/definition';
import type { JsonValue } from '@automateos/shared/model/json';
import { expect, test } from 'vitest';
import { createApiFixture } from '../../testing/api-fixture.ts';
import { diffDefinitions } from './diff-versions.ts';

const before: DefinitionInput = {
  name: 'orders',
  nodes: [
    { id: 'start', type: 'trigger.manual', position: { x: 0, y: 0 } },
    { id: 'set', type: 'data.set', params: { values: { b: 1, a: [1, 2] } } },
    { id: 'old', type: 'data.set', params: { values: {} } },
  ],
  edges: [
    { from: 'start', to: 'set' },
    { from: 'set', to: 'old' },
  ],
  settings: { timeoutMs: 1_000 },
};
const after: DefinitionInput = {
  name: 'orders 2',
  tags: ['new'],
  nodes: [
    { id: 'new', type: 'flow.fail', params: { message: 'no' } },
    { id: 'set', type: 'data.set', params: { values: { a: [1, 3, 4] } }, label: 'Set' },
    { id: 'start', type: 'trigger.manual', position: { x: 5, y: 0 } },
  ],
  edges: [
    { from: 'set', to: 'new' },
    { from: 'start', to: 'set' },
  ],
  settings: { maxConcurrent: 2 },
};

test('nodes are told by id, edges by their ends, the rest by path, in a stable order', () => {
  const diff = diffDefinitions(Definition.parse(before), Definition.parse(after));
  expect(diff.identical).toBe(false);
  expect(diff.nodes.added).toEqual([{ id: 'new', type: 'flow.fail' }]);
  expect(diff.nodes.removed).toEqual([{ id: 'old', type: 'data.set' }]);
  expect(diff.nodes.changed).toEqual([
    {
      ...{ id: 'set', type: 'data.set', layoutOnly: false },
      changes: [
        { path: ['label'], kind: 'added', after: 'Set' },
        { path: ['params', 'values', 'a', 1], kind: 'changed', before: 2, after: 3 },
        { path: ['params', 'values', 'a', 2], kind: 'added', after: 4 },
        { path: ['params', 'values', 'b'], kind: 'removed', before: 1 },
      ],
    },
    {
      ...{ id: 'start', type: 'trigger.manual', layoutOnly: true },
      changes: [{ path: ['position', 'x'], kind: 'changed', before: 0, after: 5 }],
    },
  ]);
  expect(diff.edges).toEqual({ added: [{ from: 'set', to: 'new' }], removed: [{ from: 'set', to: 'old' }] });
  expect(diff.settings.map(({ path, kind }) => [path.join('.'), kind])).toEqual([
    ['maxConcurrent', 'added'],
    ['timeoutMs', 'removed'],
  ]);
  expect(diff.fields.map(({ path, kind }) => [path.join('.'), kind])).toEqual([
    ['name', 'changed'],
    ['tags', 'added'],
  ]);
});

test('the order in which nodes and edges are written changes nothing', () => {
  const shuffled = { ...before, nodes: before.nodes.toReversed(), edges: before.edges?.toReversed() };
  expect(diffDefinitions(Definition.parse(before), Definition.parse(shuffled)).identical).toBe(true);
});

test('changes too many to be listed by their paths are told by field, whole', () => {
  const nested = (leaf: number): JsonValue => {
    let value: JsonValue = Array.from({ length: 2_000 }, () => leaf);
    for (let n = 0; n < 50; n += 1) value = { [`${n}${'k'.repeat(500)}`]: value };
    return value;
  };
  const of = (leaf: number) =>
    Definition.parse({ name: 'x', nodes: [{ id: 'a', type: 'data.set', params: { values: nested(leaf) }, notes: `n${leaf}` }] });
  const { nodes } = diffDefinitions(of(1), of(2));
  expect(nodes.changed[0]?.changes).toMatchObject([
    { path: ['notes'], kind: 'changed', before: 'n1', after: 'n2' },
    { path: ['params'], kind: 'changed' },
  ]);
});

test('versions are compared over REST, with secrets masked and foreign versions missing', async () => {
  const { call } = await createApiFixture();
  const hook = (secret: string) => ({
    name: 'hooked',
    nodes: [{ id: 'hook', type: 'trigger.webhook', params: { auth: { kind: 'header', name: 'x-key', value: secret } } }],
  });
  const { body } = await call('POST', '/v1/workflows?note=first', hook('canary-secret-one'));
  await call('PUT', `/v1/workflows/${body.id}?note=second`, hook('canary-secret-two'));
  const diff = await call('GET', `/v1/workflows/${body.id}/versions/1/diff/2`);
  expect([diff.status, diff.body.from, diff.body.to]).toEqual([200, 1, 2]);
  expect(diff.text).not.toContain('canary');
  expect((await call('GET', `/v1/workflows/${body.id}/versions/1/diff/3`)).status).toBe(404);
  expect((await call('GET', '/v1/workflows/wf_other/versions/1/diff/2')).status).toBe(404);
});

test('a version can say what it is about, when it is saved or later', async () => {
  const { call } = await createApiFixture();
  const definition = { name: 'noted', nodes: [{ id: 'start', type: 'trigger.manual' }] };
  const { body } = await call('POST', '/v1/workflows?note=first', definition);
  await call('PUT', `/v1/workflows/${body.id}`, definition);
  const changed = await call('PUT', `/v1/workflows/${body.id}/versions/2/note`, { note: 'calls the new shop' });
  expect([changed.status, changed.body.note]).toEqual([200, 'calls the new shop']);
  const listed = await call('GET', `/v1/workflows/${body.id}/versions`);
  expect(listed.body.items).toMatchObject([
    { version: 2, note: 'calls the new shop' },
    { version: 1, note: 'first' },
  ]);
  expect((await call('PUT', `/v1/workflows/${body.id}/versions/2/note`, { note: '' })).body.note).toBeNull();
  expect((await call('PUT', `/v1/workflows/${body.id}/versions/9/note`, { note: 'x' })).status).toBe(404);
});
