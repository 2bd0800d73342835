import { describe, expect, it } from 'vitest';
import { buildGraph, containersOf } from './definition-graph.ts';
import { findCycles } from './find-cycles.ts';
import { nearestName } from './nearest-name.ts';
import { portsOf } from './ports.ts';
import { formatPath, joinPath, valueAt } from './problem-path.ts';
import { ancestorsOf, createAncestry, descendantsOf } from './reachability.ts';
import { nodesFrom, skippedNodes } from './skipped-nodes.ts';
import { topologicalOrder } from './topological-order.ts';

/** 'a>b' is an edge, 'a.port>b' one by a port, 'a' a node, 'p/a' a node inside p. */
function graphOf(...parts: string[]) {
  const nodes = new Map<string, { id: string; type: string; params: object; parent?: string }>();
  const edges: { from: string; to: string; output?: string }[] = [];
  const node = (text: string) => {
    const [id = '', parent] = text.split('/').reverse();
    const { parent: earlier } = nodes.get(id) ?? {};
    const holder = parent ?? earlier;
    nodes.set(id, { id, type: 't', params: {}, ...(holder !== undefined && { parent: holder }) });
    return id;
  };
  for (const part of parts) {
    const [from = '', to] = part.split('>');
    const [source = '', output] = from.split('.');
    const id = node(source);
    if (to !== undefined) edges.push({ from: id, to: node(to), ...(output !== undefined && { output }) });
  }
  return buildGraph({ nodes: [...nodes.values()] as never[], edges });
}

describe('order', () => {
  it('puts every node after its predecessors, ties in definition order', () => {
    expect(topologicalOrder(graphOf('a', 'b', 'c>a', 'b>d', 'a>d')).order).toEqual(['b', 'c', 'a', 'd']);
  });

  it('leaves out what is on a cycle or behind one', () => {
    const { order, rest } = topologicalOrder(graphOf('s>a', 'a>b', 'b>a', 'b>c', 's>d'));
    expect([order, [...rest]]).toEqual([
      ['s', 'd'],
      ['a', 'b', 'c'],
    ]);
  });

  it('handles a chain of 100,000 nodes without recursion', () => {
    const nodes = Array.from({ length: 100_000 }, (_, at) => ({ id: `n${at}`, type: 't', params: {} }));
    const edges = nodes.slice(1).map(({ id }, at) => ({ from: `n${at}`, to: id }));
    const graph = buildGraph({ nodes, edges });
    expect(topologicalOrder(graph).order).toHaveLength(100_000);
    expect(findCycles(graph)).toEqual([]);
    expect(findCycles(buildGraph({ nodes, edges: [...edges, { from: 'n99999', to: 'n0' }] }))[0]).toHaveLength(100_000);
  });
});

describe('findCycles', () => {
  it('names one shortest cycle for each knot', () => {
    const cycles = findCycles(graphOf('s>a', 'a>b', 'b>c', 'c>a', 'b>a', 'c>d', 'd>e', 'e>d'));
    expect(cycles.map((cycle) => cycle.join(' '))).toEqual(expect.arrayContaining(['a b', 'd e']));
    expect(cycles).toHaveLength(2);
  });

  it('finds none in a diamond, and leaves edges to oneself alone', () => {
    expect(findCycles(graphOf('a>b', 'a>c', 'b>d', 'c>d', 'd>d'))).toEqual([]);
  });
});

describe('before and after', () => {
  const graph = graphOf('s>a', 's>b', 'a>c', 'b>c', 'c>d', 'x');
  it('ancestors, descendants and the table of both agree', () => {
    expect([...ancestorsOf(graph, 'c')].sort()).toEqual(['a', 'b', 's']);
    expect([...descendantsOf(graph, 'a')].sort()).toEqual(['c', 'd']);
    const isBefore = createAncestry(graph);
    for (const one of graph.nodes.keys()) {
      for (const other of graph.nodes.keys()) expect(isBefore(one, other)).toBe(ancestorsOf(graph, other).has(one));
    }
  });

  it('works beyond 32 nodes', () => {
    const chain = graphOf(...Array.from({ length: 70 }, (_, at) => `n${at}>n${at + 1}`));
    const isBefore = createAncestry(chain);
    expect([isBefore('n0', 'n70'), isBefore('n31', 'n32'), isBefore('n32', 'n31'), isBefore('n64', 'n65')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  it('a fork from a loop takes its body and all that follows', () => {
    expect([...nodesFrom(graphOf('s>loop', 'loop/in', 'loop>after'), 'loop')].sort()).toEqual(['after', 'in', 'loop']);
  });
});

describe('containersOf', () => {
  it('goes from the inside out and stops where parents bite their tail', () => {
    expect(containersOf(graphOf('a', 'a/b', 'b/c'), 'c')).toEqual(['b', 'a']);
    expect(containersOf(graphOf('a/b', 'b/a'), 'a')).toEqual(['b']);
  });
});

describe('skippedNodes', () => {
  const ports = () => ['main', 'other'];
  const skipped = (
    graph: ReturnType<typeof graphOf>,
    taken: Record<string, string | null>,
    more: { scope?: string; trigger?: string } = {},
  ) => [...skippedNodes({ graph, scope: '', taken: new Map(Object.entries(taken)), portsOf: ports, ...more })].sort();

  it('follows dead paths up to where a live one meets them', () => {
    const graph = graphOf('s>a', 's.other>b', 'b>c', 'a>d', 'c>d', 'c>e');
    expect(skipped(graph, { s: 'main' })).toEqual(['b', 'c', 'e']);
    expect(skipped(graph, { s: 'other' })).toEqual(['a']);
    expect(skipped(graph, { s: null })).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(skipped(graph, {})).toEqual([]);
  });

  it('a step that failed has routed nothing and skips nothing', () => {
    expect(skipped(graphOf('s>a', 'a>b', 'a.error>c'), { s: 'main' })).toEqual([]);
    expect(skipped(graphOf('s>a', 'a>b', 'a.error>c'), { s: 'main', a: 'error' })).toEqual(['b']);
  });

  it('what is inside a skipped loop is skipped with it, and a body is looked at by itself', () => {
    const graph = graphOf('s>a', 's.other>loop', 'loop/x>loop/y', 'x.other>loop/z');
    expect(skipped(graph, { s: 'main' })).toEqual(['loop', 'x', 'y', 'z']);
    expect(skipped(graph, { x: 'main' }, { scope: 'loop' })).toEqual(['z']);
  });

  it('of several triggers the others are skipped, and what only they lead to', () => {
    expect(skipped(graphOf('t1>a', 't2>a', 't2>b'), { t1: 'main' }, { trigger: 't1' })).toEqual(['b', 't2']);
  });
});

describe('small things', () => {
  it('effectful nodes have the port error', () => {
    expect(portsOf({ params: {} }, { ports: ['main'], effect: 'effect' })).toEqual(['main', 'error']);
    expect(portsOf({ params: {} }, { ports: ['main'], effect: 'pure' })).toEqual(['main']);
    expect(portsOf({ params: { n: 'x' } }, { ports: ({ n }) => [String(n), 'error'], effect: 'effect' })).toEqual(['x', 'error']);
  });

  it('suggests what is near, never what is far', () => {
    expect(nearestName('http.requst', ['http.request', 'data.set'])).toBe('http.request');
    expect(nearestName('Method', ['method', 'path'])).toBe('method');
    expect(nearestName('strat', ['start'])).toBe('start');
    expect(nearestName('w9', ['w', 'w2'])).toBe('w2');
    expect(nearestName('abc', ['xyz', 'ab'])).toBe('ab');
    expect(nearestName('something', ['else'])).toBeUndefined();
    expect(nearestName('', ['a'])).toBeUndefined();
  });

  it('paths read like code', () => {
    expect(formatPath(['nodes', 2, 'params', 'headers', 'x-id'])).toBe('nodes[2].params.headers["x-id"]');
    expect([joinPath('a', 'b'), joinPath('a', '[0]'), joinPath('a', ''), joinPath('', 'b')]).toEqual(['a.b', 'a[0]', 'a', 'b']);
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
    expect(valueAt({}, ['constructor'])).toBeUndefined();
  });
});
