import { expect, test } from 'vitest';
import { diffDefinitions, sameDefinition } from './definition-diff.ts';
import { pathSegments } from './place-problem.ts';

test('paths are read in each of their spellings', () => {
  expect(pathSegments('nodes[2].params.url')).toEqual(['nodes', 2, 'params', 'url']);
  expect(pathSegments('nodes[0].params.headers["X-A.b"]')).toEqual(['nodes', 0, 'params', 'headers', 'X-A.b']);
  expect(pathSegments('/nodes/0/a~1b')).toEqual(['nodes', 0, 'a/b']);
  expect(pathSegments('')).toEqual([]);
});

test('a default that one side spells out, and the order of keys, are no change', () => {
  const plain = { name: 'a', nodes: [{ id: 's', type: 'trigger.manual' }] };
  const spelled = { nodes: [{ type: 'trigger.manual', params: {}, id: 's' }], edges: [], settings: {}, name: 'a' };
  expect(sameDefinition(plain, spelled)).toBe(true);
  expect(diffDefinitions(plain, spelled)).toEqual([]);
});

test('nodes, edges and settings that come, go and change are told in those words', () => {
  const node = (id: string, params = {}) => ({ id, type: 'data.set', params });
  const before = { name: 'a', nodes: [node('x', { values: { n: 1 } }), node('y')], edges: [{ from: 'x', to: 'y' }] };
  const after = { name: 'a', nodes: [node('x', { values: { n: 2 } })], edges: [], settings: { timeoutMs: 5 } };
  expect(diffDefinitions(before, after)).toEqual([
    { kind: 'added', text: 'settings.timeoutMs = 5' },
    { kind: 'removed', text: 'node y (data.set)' },
    { kind: 'changed', text: 'node x (data.set): params.values.n: 1 → 2' },
    { kind: 'removed', text: 'edge x → y' },
  ]);
});
