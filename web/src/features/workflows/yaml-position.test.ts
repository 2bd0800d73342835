import { describe, expect, it } from 'vitest';
import { lineOfPath, splitPath, syntaxProblems } from './yaml-position.ts';

const text = `name: a
# comment
nodes:
  - id: hook
    type: trigger.webhook
  - { id: call, type: http.request, params: { url: x } }
edges: []
`;

describe('from a problem to its line', () => {
  it('finds keys and items in block and flow style', () => {
    expect(lineOfPath(text, 'name')).toBe(1);
    expect(lineOfPath(text, 'nodes[0].type')).toBe(5);
    expect(lineOfPath(text, 'nodes[1].params.url')).toBe(6);
  });

  it('answers with the deepest part that exists: a missing param belongs to its node', () => {
    expect(lineOfPath(text, 'nodes[1].params.method')).toBe(6);
    expect(lineOfPath(text, 'settings.timeoutMs')).toBeNull();
  });

  it('splits paths with indexes, quotes and slashes', () => {
    expect(splitPath('nodes[2].params["a.b"].c')).toEqual(['nodes', 2, 'params', 'a.b', 'c']);
  });

  it('tells faults of the text with their line', () => {
    expect(syntaxProblems('a: [1, 2\nb: 3')[0]?.line).toBe(2);
    expect(syntaxProblems(text)).toEqual([]);
  });
});
